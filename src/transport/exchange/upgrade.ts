import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { UpgradedResponse } from '../upstream.ts';
import { rawPairs } from './raw-pairs.ts';
import { StreamedExchange } from './streamed.ts';

/** A try that asks for another protocol: ends with the connection itself, or with an ordinary answer. */
export class UpgradeExchange extends StreamedExchange<UpgradedResponse> {
  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    _status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    if (this.ended) {
      socket.destroy();
      return;
    }
    this.headMs = this.limits.clock.now();
    this.stopTimeout();
    this.stopHeadTimeout();
    // The connection counts as a request of its endpoint for as long as it lives.
    socket.once('close', () => this.end());
    this.settle({ status: 101, headers: rawPairs(controller.rawHeaders ?? headers), socket });
  }
}
