import type { DeskOrder, DeskWord } from '../../../core/ports/stations/report-desk.ts';
import type { Report } from '../../../core/station/report.ts';
import { judgeReport } from './judge-report.ts';

/** Where one station hands in its report. */
export interface Desk {
  readonly order: DeskOrder;
  readonly report: () => Report | null;
  /** Takes a report, and says what the station is told. */
  take(value: unknown): Told;
}

interface Told {
  readonly isError: boolean;
  readonly text: string;
}

/** However often a station calls, no more is told of it than this. */
const mostWords = 100;
/** Characters of a late report that are told. */
const mostLate = 20_000;

/** Opens a desk: the first report that is in order is the one that counts. */
export function openDesk(order: DeskOrder): Desk {
  let accepted: Report | null = null;
  let words = 0;
  const tell = (word: DeskWord): void => {
    words += 1;
    if (words <= mostWords || word.kind === 'accepted') order.told(word);
  };
  return {
    order,
    report: () => accepted,
    take(value) {
      if (accepted !== null) {
        tell({ kind: 'late', report: cut(value) });
        return { isError: false, text: tooLate(accepted) };
      }
      const judged = judgeReport({ form: order.form, rules: order.packet.noOpRules }, value);
      if (judged.kind === 'refused') {
        tell({ kind: 'refused', why: judged.why });
        return { isError: true, text: judged.words };
      }
      accepted = judged.report;
      tell({ kind: 'accepted', report: accepted });
      return {
        isError: false,
        text: `Accepted: ${accepted.state}. Your stage is done. End your turn now; nothing that comes after this counts.`,
      };
    },
  };
}

function tooLate({ state }: Report): string {
  return `Your report ${state} was accepted before, and stays as it is. This one was noted, and changes nothing. Your stage is done: end your turn now.`;
}

function cut(value: unknown): unknown {
  const text = JSON.stringify(value) ?? '';
  return text.length > mostLate ? `${text.slice(0, mostLate)}…` : value;
}
