/** What of a terminal a test sets. */
export interface TerminalSetting {
  /** Its size; without one input and output are no terminal. */
  readonly size?: { readonly rows: number; readonly columns: number };
  /** What comes in before its end; without it nothing comes and it does not end. */
  readonly input?: string;
}

interface Reader {
  data(chunk: Uint8Array): Promise<void>;
  end(): void;
}

/** A terminal for a command line to stand at: what is typed comes from the test, what is shown goes to a sink. */
export class RecordingTerminal {
  /** Whether keys are handed over as they are, now and at each reading so far. */
  isRaw = false;
  readonly rawReadings: boolean[] = [];
  readonly #setting: TerminalSetting;
  readonly #show: (text: string) => void;
  #reader: Reader | null = null;

  constructor(setting: TerminalSetting, show: (text: string) => void) {
    this.#setting = setting;
    this.#show = show;
  }

  readonly size = (): { readonly rows: number; readonly columns: number } | null => this.#setting.size ?? null;

  readonly read = (reader: Reader, { raw }: { readonly raw: boolean }): (() => void) => {
    this.#reader = reader;
    this.isRaw = raw;
    this.rawReadings.push(raw);
    const { input } = this.#setting;
    if (input !== undefined) void this.type(input).then(() => reader.end());
    return () => {
      this.#reader = null;
      this.isRaw = false;
    };
  };

  readonly write = async (chunk: Uint8Array): Promise<void> => this.#show(new TextDecoder().decode(chunk));

  /** Types a text; nothing happens where nobody reads. */
  async type(text: string): Promise<void> {
    await this.#reader?.data(new TextEncoder().encode(text));
  }
}
