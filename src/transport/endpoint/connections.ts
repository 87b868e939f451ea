import type { Dispatcher } from 'undici';

/** Connections to one endpoint, whatever protocol they speak. */
export interface Connections {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** Waits for running requests. */
  close(): Promise<void>;
}
