import { lookup as resolve } from 'node:dns';
import { type Agent, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Where requests may go whose address somebody typed in. */
export interface OutgoingRules {
  /** Whether private networks may be reached, and this machine itself. */
  readonly privateAddresses: boolean;
  /** Whether the connection may be without TLS, to this machine alone: for tests. */
  readonly plainLoopback: boolean;
}

export interface OutgoingLimits {
  /** For the whole exchange. */
  readonly timeoutMs: number;
  readonly bytes: number;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

/** The address belongs to a private network. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';
}

/** The answer is larger than it may be. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv4');
}
// Those that carry an address of version 4 inside them are refused with the others.
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 32],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const) {
  privateNetworks.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address is not on the public internet (the special-purpose registries of IANA). */
export const isPrivateAddress = (address: string): boolean => privateNetworks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Whether a server may be asked at all, as far as its address shows; its name is looked up when it is asked. */
export function isAllowed(url: URL, rules: OutgoingRules): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'http:') return rules.plainLoopback && (url.hostname === '127.0.0.1' || url.hostname === 'localhost');
  const host = url.hostname.replaceAll(/[[\]]/g, '');
  return url.protocol === 'https:' && (rules.privateAddresses || isIP(host) === 0 || !isPrivateAddress(host));
}

// The very address that was checked is the one that is connected to, so that a name cannot mean something else a moment later.
const publicOnly: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error || !first) callback(error ?? new Error('no address'), '', 0);
    else if (addresses.some(({ address }) => isPrivateAddress(address))) callback(new PrivateAddress(), '', 0);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/** How a name is looked up for a connection that somebody typed in: undefined leaves it to the system. */
export const guardedLookup = (rules: OutgoingRules): LookupFunction | undefined => (rules.privateAddresses ? undefined : publicOnly);

/** What is asked. A GET without more. */
export interface OutgoingRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Connections to use again; each request has its own without. */
  readonly agent?: Agent;
}

/** How far a request has come, for who must know what became of one that failed. */
export interface RequestProgress {
  /** Whether there was a connection, so that the server may have taken something. */
  reached?: boolean;
  /** The status, once it has arrived, although the rest may not have. */
  status?: number;
}

/**
 * Asks a server whose address somebody typed in. It follows nothing and nobody: a redirection is an answer like another.
 * @param progress is written to while it goes
 * @throws PrivateAddress, AnswerTooLarge, an AbortError or TimeoutError when it takes too long, and what the network says
 */
export async function guardedRequest(
  url: URL,
  { method = 'GET', headers, body, agent }: OutgoingRequest,
  rules: OutgoingRules,
  { timeoutMs, bytes }: OutgoingLimits,
  progress: RequestProgress = {},
): Promise<Answer> {
  if (!isAllowed(url, rules)) throw new PrivateAddress();
  const signal = AbortSignal.timeout(timeoutMs);
  const request = url.protocol === 'https:' ? tlsRequest : plainRequest;
  const lookup = guardedLookup(rules);
  return new Promise((succeed, fail) => {
    const asked = request(
      url,
      {
        method,
        headers: {
          ...headers,
          'accept-encoding': 'identity',
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
        agent: agent ?? false,
        signal,
        ...(lookup ? { lookup } : {}),
      },
      async (response) => {
        progress.status = response.statusCode ?? 0;
        try {
          const chunks: Buffer[] = [];
          let size = 0;
          for await (const chunk of response as AsyncIterable<Buffer>) {
            size += chunk.length;
            if (size > bytes) throw new AnswerTooLarge();
            chunks.push(chunk);
          }
          succeed({ status: progress.status, retryAfter: response.headers['retry-after'], body: Buffer.concat(chunks) });
        } catch (error) {
          fail(signal.aborted ? signal.reason : error);
        }
      },
    );
    asked.once('socket', (socket) => {
      if (!socket.connecting) progress.reached = true;
      else
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
          progress.reached = true;
        });
    });
    asked.on('error', (error) => fail(signal.aborted ? signal.reason : error));
    asked.end(body);
  });
}
