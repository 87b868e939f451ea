import { createGateway } from '../gateway.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type ConfigOptions, readConfigOrExit } from './read-config-or-exit.ts';

/** `weir start` */
export async function start(options: ConfigOptions): Promise<void> {
  const { config } = await readConfigOrExit(options);
  const gateway = await createGateway(config);
  try {
    await gateway.listen();
  } catch (error) {
    gateway.logger.fatal({ err: error }, (error as Error).message);
    await gateway.close();
    process.exitCode = 1;
    return;
  }
  stopOnSignal(gateway.close);
  outliveRejections(gateway.logger);
}

/** A promise that nobody waited for, in a library as in our own code, is a fault to mend; it must not end the process. */
export function outliveRejections(logger: Logger): void {
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'A rejection was not handled'));
}

/** The first SIGINT or SIGTERM drains, the second ends at once. */
export function stopOnSignal(close: () => Promise<boolean>): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(2);
    isStopping = true;
    void close().then((inTime) => process.exit(inTime ? 0 : 2));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
