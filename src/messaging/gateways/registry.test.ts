import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Centre } from '../../../test/support/message-centre.ts';
import { KeyRing, newId, systemClock } from '../../platform/index.ts';
import { sealCredentials } from './credentials.ts';
import { connectGateways } from './registry.ts';
import type { StoredGateway } from './types.ts';

const HALF_A_MINUTE_MS = 30_000;

describe('the connection of a gateway', () => {
  const centre = new Centre();
  afterEach(() => {
    vi.useRealTimers();
    centre.close();
  });

  it('is let go of once the gateway is switched off, when what is on its way has had its time', async () => {
    const keyRing = new KeyRing(new Map([[1, randomBytes(32)]]), randomBytes(32));
    const id = newId();
    const settings = { host: '127.0.0.1', port: await centre.open(), tls: false, systemId: 'sanad' };
    const stored = {
      gateway: { id, kind: 'smpp', settings, enabled: true },
      credentials: sealCredentials(keyRing, id, { password: 'secret' }),
      version: 1,
    } as unknown as StoredGateway;
    const surroundings = {
      rules: { privateAddresses: false, plainLoopback: true },
      clock: systemClock,
      dataDir: '/nowhere',
      mayUseOutbox: false,
      inboundUrl: () => '',
      receiptsUrl: () => '',
    };
    const gateways = connectGateways(keyRing, surroundings, { receipts: async () => {}, messages: async () => true });
    gateways.attend([stored]);
    await expect.poll(() => centre.binds.length).toBe(1);
    const [line] = centre.sessions;
    const closed = vi.fn();
    line?.on('close', closed);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    gateways.attend([stored]);
    gateways.attend([]);
    vi.advanceTimersByTime(HALF_A_MINUTE_MS - 1);
    expect(closed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    vi.useRealTimers();
    await expect.poll(() => closed.mock.calls.length).toBe(1);
    expect(centre.binds).toHaveLength(1);
    await gateways.close();
  });
});
