import { reportOf } from '../../report-error.ts';
import { type Answer, type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { facts, plain } from '../../page.ts';
import { sameFactoryCommand } from '../../self-command.ts';
import { detachedMark, launch } from './launch.ts';
import { numberOf, offerOf, offerOptions, offerText } from './offer.ts';

/** `jidoka up`: the daemon of a home, which hosts the API and a worker. */
export const up: CommandRecord = {
  path: ['up'],
  summary: 'start the daemon: API and a worker, for as long as the machine is on',
  arguments: [],
  options: [
    { flags: '--port <n>', description: 'port of the API; 0 takes any that is free', preset: '7717' },
    { flags: '--host <address>', description: 'address of the API', preset: '127.0.0.1' },
    ...offerOptions,
    { flags: '--foreground', description: 'be the daemon instead of starting it, for systemd and containers' },
    jsonOption,
  ],
  examples: ['up', 'up --at-once 4 --labels gpu', 'up --foreground --host 0.0.0.0'],
  run: (call) => (call.flag('foreground') ? beDaemon(call) : start(call)),
};

async function start(call: Call): Promise<Answer> {
  const { settings, world } = call;
  // Said here, where somebody reads it, before anything is started.
  const offer = offerOf(call, daemonName);
  const port = numberOf(call, 'port', ports);
  const { daemon, log } = await launch(settings, world, [`--port=${port}`, ...given(call)]);
  const { url, pid, version, startedAt } = daemon;
  return {
    exitCode: 0,
    document: { url, pid, version, startedAt, log },
    text: (page) =>
      [
        `${page.paint.green('●')} The daemon serves ${offerText(offer)}.`,
        ...facts(
          [
            ['url', url],
            ['pid', String(pid)],
            ['log', log],
            ['stop', `${sameFactoryCommand(call)} down`],
          ],
          page,
        ),
      ].join('\n'),
  };
}

const daemonName = 'daemon';
const ports = { least: 0, most: 65_535 } as const;

/** Options that the daemon is given as they came. */
function given(call: Call): string[] {
  return ['host', 'at-once', 'queues', 'labels'].flatMap((option) => {
    const value = call.text(option);
    return value === null ? [] : [`--${option}=${value}`];
  });
}

async function beDaemon(call: Call): Promise<Answer> {
  const { settings, world } = call;
  const say = (line: string): void => world.stderr.write(`${new Date(world.now()).toISOString()} ${plain(line)}\n`);
  try {
    const { runDaemon } = await import('../../../daemon/index.ts');
    await runDaemon({
      home: settings.home,
      databaseUrl: settings.databaseUrl,
      host: call.text('host') ?? '127.0.0.1',
      port: numberOf(call, 'port', ports),
      options: world.env[detachedMark] === undefined ? null : given(call),
      offer: offerOf(call, daemonName),
      version: settings.version,
      openFactory: () => world.openFactory(settings, say, { ahead: true }),
      startApi: async (setting) => (await import('../../../api/index.ts')).startApi(setting),
      onSignal: world.onSignal,
      say,
      ready: (daemon) => world.report({ kind: 'ready', daemon }),
    });
  } catch (error) {
    world.report({ kind: 'refused', ...reportOf(error).document });
    throw error;
  }
  return { exitCode: 0, document: { stopped: true }, text: () => '' };
}
