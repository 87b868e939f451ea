import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * Keeps the cores of the machine from going to sleep when they have nothing to do (PM QoS: `pm_qos_interface.rst` of the kernel).
 * A core of a virtual machine that sleeps is given to somebody else: what comes next waits for it, and finds its caches and
 * predictors cold. @returns What lets them sleep again; `undefined`: that is not allowed here.
 */
export function keepAwake(): (() => void) | undefined {
  try {
    const held = openSync('/dev/cpu_dma_latency', 'w');
    // Microseconds that it may take a core to wake up, for as long as the file is open.
    writeSync(held, new Int32Array([0]));
    return () => closeSync(held);
  } catch {
    return undefined;
  }
}
