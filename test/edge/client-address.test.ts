import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileTrustedProxies } from '../../src/edge/client-address.ts';

const PROXY = '10.0.0.5';
const CLIENT = '198.51.100.7';

describe("the client's own hop", () => {
  const proxies = compileTrustedProxies(['10.0.0.0/8']);
  const isTls = (headers: Record<string, string>, peerAddress = PROXY, ofPeer = false) =>
    proxies.isTls({ peerAddress, headers, isTls: ofPeer });

  it("is the peer's connection where nobody trusts the peer, whatever it says", () => {
    assert.equal(isTls({ 'x-forwarded-proto': 'https' }, CLIENT), false);
    assert.equal(isTls({ forwarded: 'proto=https' }, CLIENT), false);
    assert.equal(isTls({ 'x-forwarded-proto': 'http' }, CLIENT, true), true);
    assert.equal(
      compileTrustedProxies([]).isTls({ peerAddress: PROXY, headers: { 'x-forwarded-proto': 'https' } }),
      false,
    );
  });

  for (const [headers, expected] of [
    [{ 'x-forwarded-for': CLIENT, 'x-forwarded-proto': 'https' }, true],
    [{ 'x-forwarded-for': CLIENT, 'x-forwarded-proto': 'HTTPS' }, true],
    [{ 'x-forwarded-for': CLIENT, 'x-forwarded-proto': 'http' }, false],
    // TLS ends at the first proxy; the second, inner hop has none.
    [{ 'x-forwarded-for': `${CLIENT}, 10.0.0.7`, 'x-forwarded-proto': 'https, http' }, true],
    [{ 'x-forwarded-for': `${CLIENT}, 10.0.0.7`, 'x-forwarded-proto': 'https' }, true],
    // What the client itself put in front counts for nothing.
    [{ 'x-forwarded-for': `6.6.6.6, ${CLIENT}`, 'x-forwarded-proto': 'https, http' }, false],
    [{ forwarded: `for=${CLIENT};proto=https` }, true],
    [{ forwarded: `for=6.6.6.6;proto=https, for=${CLIENT};proto=http` }, false],
    [{ forwarded: `for=${CLIENT};Proto="https", for=10.0.0.7;proto=http` }, true],
    [{ forwarded: `for=${CLIENT};proto=https;proto=http` }, false],
    [{ 'x-forwarded-for': CLIENT, forwarded: 'for=1.2.3.4;proto=https' }, false],
    [{ 'x-forwarded-proto': 'https' }, true],
    [{}, false],
  ] as [Record<string, string>, boolean][]) {
    it(`${expected ? 'is' : 'is not'} TLS by ${JSON.stringify(headers)}`, () => assert.equal(isTls(headers), expected));
  }

  it("is the peer's connection where a trusted proxy does not say", () => assert.equal(isTls({}, PROXY, true), true));
});
