import type { Duplex } from 'node:stream';
import type { UpgradedResponse } from '../upstream.ts';
import { StreamedExchange } from './streamed.ts';

/** A try that asks for another protocol: ends with the connection itself, or with an ordinary answer. */
export class UpgradeExchange extends StreamedExchange<UpgradedResponse> {
  override onUpgrade(headers: readonly string[], socket: Duplex): void {
    this.noteHead();
    this.stopTimeout();
    // The connection counts as a request of its endpoint for as long as it lives.
    socket.once('close', () => this.end());
    this.settle({ status: 101, headers, socket });
  }
}
