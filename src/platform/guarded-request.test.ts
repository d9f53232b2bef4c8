import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnswerTooLarge, guardedRequest, isAllowed, isPrivateAddress, PrivateAddress } from './guarded-request.ts';

const outside = { privateAddresses: false, plainLoopback: false };
const plain = { headers: {} };
const limits = { timeoutMs: 2_000, bytes: 1_000 };

describe('a request to an address that somebody typed in', () => {
  it.each([
    '127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255',
    '::1', '::', 'fe80::1', 'fd00::1', 'fec0::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::',
  ])('knows that %s is private', (address) => expect(isPrivateAddress(address)).toBe(true)); // biome-ignore format: one table

  it.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '193.0.0.1', '100.128.0.1', '2a00:1450::1', '2606:4700::1111'])(
    'knows that %s is public',
    (address) => expect(isPrivateAddress(address)).toBe(false),
  );

  it.each([
    'http://kf.kobotoolbox.org', 'http://127.0.0.1', 'https://127.0.0.1', 'https://[::1]', 'https://[::ffff:10.0.0.1]', 'https://2130706433', 'https://0x7f.1',
    'https://user@kf.kobotoolbox.org', 'ftp://kf.kobotoolbox.org', 'file:///etc/passwd',
  ])('is not made to %s', async (address) => {
    expect(isAllowed(new URL(address), outside)).toBe(false);
    await expect(guardedRequest(new URL(address), plain, outside, limits)).rejects.toBeInstanceOf(PrivateAddress);
  }); // biome-ignore format: one table

  it('is made to public servers with TLS', () => {
    for (const address of ['https://kf.kobotoolbox.org', 'https://8.8.8.8', 'https://[2606:4700::1111]:8443']) {
      expect(isAllowed(new URL(address), outside)).toBe(true);
    }
  });

  it('is not made to a name that means a private address', async () => {
    await expect(guardedRequest(new URL('https://localhost:1'), plain, outside, limits)).rejects.toBeInstanceOf(PrivateAddress);
  });

  describe('in a test', () => {
    const inside = { privateAddresses: true, plainLoopback: true };
    let server: Server;
    let url: URL;
    beforeAll(async () => {
      server = createServer((request, response) => {
        if (request.url === '/large') response.end('x'.repeat(2_000));
        else if (request.url === '/moved') response.writeHead(301, { location: '/' }).end();
        else if (request.url === '/slow') response.write('x');
        else response.writeHead(503, { 'retry-after': '7' }).end('body');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });

    it('has an answer whatever its status is, and follows none', async () => {
      expect(await guardedRequest(url, plain, inside, limits)).toEqual({ status: 503, retryAfter: '7', body: Buffer.from('body') });
      expect((await guardedRequest(new URL('/moved', url), plain, inside, limits)).status).toBe(301);
    });

    it('ends when it takes too long or too much comes', async () => {
      await expect(guardedRequest(new URL('/large', url), plain, inside, limits)).rejects.toBeInstanceOf(AnswerTooLarge);
      await expect(guardedRequest(new URL('/slow', url), plain, inside, { ...limits, timeoutMs: 100 })).rejects.toMatchObject({
        name: 'TimeoutError',
      });
    });
  });
});
