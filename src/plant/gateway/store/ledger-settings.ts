import type { CutKind } from '../../../core/gateway/config/gateway-config.ts';
import type { GatewayNames } from '../../../core/gateway/config/gateway-names.ts';
import type { LiveSetting, Setting } from '../../../core/gateway/config/setting.ts';
import type { ModelSettings } from '../../../core/ports/gateway/model-settings.ts';
import type { StoreDatabase } from './store-database.ts';

export interface LedgerSettingsOptions {
  readonly database: Pick<StoreDatabase, 'attempt' | 'isLive'>;
  /** Milliseconds since 1970, the same for all who use the database. */
  readonly now: () => number | Promise<number>;
}

/** Settings in the database of the factory. */
export function ledgerSettings({ database, now }: LedgerSettingsOptions): ModelSettings {
  const iso = async (): Promise<string> => new Date(await now()).toISOString();
  const ask = <Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
    database.attempt(async (pool) => (await pool.query<Row>(text, [...values])).rows);
  return {
    async set({ what, until, by }) {
      const { kind, name, filling } = columnsOf(what);
      await ask(putSetting, [kind, name, filling, until, by, await iso()]);
    },
    async prolong(what, until) {
      const { kind, name } = columnsOf(what);
      return (await ask(prolongSetting, [kind, name, until, await iso()])).length > 0;
    },
    async lift(what, by) {
      const { kind, name } = columnsOf(what);
      const [ended] = await ask<{ stood: boolean }>(endSetting, [kind, name, by, await iso()]);
      return ended?.stood === true;
    },
    async list() {
      const rows = await ask<SettingRow>(selectSettings, [await iso()]);
      return rows.map(settingOf);
    },
    async known() {
      const rows = await ask<{ executor: string; names: GatewayNames }>('select executor, names from jidoka.model_gateway order by since');
      const live = await Promise.all(rows.map(async ({ executor, names }) => ((await database.isLive(executor)) ? [names] : [])));
      return live.flat();
    },
  };
}

/** Tells the factory what a gateway knows by name, until that is forgotten. */
export async function tellNames(
  database: LedgerSettingsOptions['database'],
  executor: string,
  names: GatewayNames,
): Promise<{ forget(): Promise<void> }> {
  const put = 'insert into jidoka.model_gateway (executor, names) values ($1, $2) on conflict (executor) do update set names = $2';
  await database.attempt((pool) => pool.query(put, [executor, JSON.stringify(names)]));
  return {
    forget: async () =>
      void (await database.attempt((pool) => pool.query('delete from jidoka.model_gateway where executor = $1', [executor]))),
  };
}

interface SettingRow {
  readonly kind: 'swap' | CutKind;
  readonly name: string;
  readonly filling: string | null;
  readonly until: Date | null;
  readonly by: string;
  readonly at: Date;
}

function columnsOf(what: Setting): Pick<SettingRow, 'kind' | 'name' | 'filling'> {
  return what.kind === 'swap'
    ? { kind: 'swap', name: what.slot, filling: what.to }
    : { kind: what.cut.kind, name: what.cut.name, filling: null };
}

function settingOf({ kind, name, filling, until, by, at }: SettingRow): LiveSetting {
  const what: Setting = kind === 'swap' ? { kind, slot: name, to: filling ?? '' } : { kind: 'cut', cut: { kind, name } };
  return { what, until: until?.toISOString() ?? null, by, at: at.toISOString() };
}

const putSetting = 'select jidoka.set_model($1, $2, $3, $4, $5, $6)';
const endSetting = `
  update jidoka.model_setting set ended_at = $4::timestamptz, ended_by = $3
   where kind = $1 and name = $2 and ended_at is null returning (until is null or until > $4::timestamptz) as stood`;
const prolongSetting = `
  update jidoka.model_setting set until = $3::timestamptz
   where kind = $1 and name = $2 and ended_at is null and (until is null or until > $4::timestamptz) returning seq`;
const selectSettings = `
  select kind, name, filling, until, by, at from jidoka.model_setting
   where ended_at is null and (until is null or until > $1::timestamptz) order by at, seq`;
