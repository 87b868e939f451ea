import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { choosePort } from '../../examples/port.ts';
import { listen } from '../../examples/services/listen.ts';

describe('choosing a port', () => {
  it('takes the default while it is free', async () => {
    const { port } = await choosePort('X_PORT', 0, { X_PORT: '0' });
    assert.deepEqual(await choosePort('X_PORT', port, {}), { port, isSubstitute: false });
  });

  it('takes any free port where the default is taken', async () => {
    const other = await listen((_, response) => response.end(), {});
    try {
      const taken = Number(new URL(other.origin).port);
      const { port, isSubstitute } = await choosePort('X_PORT', taken, {});
      assert.ok(isSubstitute);
      assert.notEqual(port, taken);
    } finally {
      await other.close();
    }
  });

  it('refuses a configured port that is taken, or none', async () => {
    const other = await listen((_, response) => response.end(), {});
    try {
      const taken = new URL(other.origin).port;
      await assert.rejects(
        choosePort('X_PORT', 0, { X_PORT: taken }),
        /X_PORT is \d+, but another process listens there/,
      );
    } finally {
      await other.close();
    }
    await assert.rejects(choosePort('X_PORT', 0, { X_PORT: '70000' }), /from 0 to 65535, got "70000"/);
  });
});
