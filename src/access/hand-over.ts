import { stringifySetCookie } from 'cookie';
import { type Call, csrfTokenOf, type KeyRing, networkOf, WithHeaders } from '../platform/index.ts';
import { deviceFamily } from './device-family.ts';
import type { SessionRules } from './session-rules.ts';
import type { SessionOptions } from './sessions.ts';

type Transport = 'bearer' | 'cookie';
type AnyCall = Pick<Call<'signIn'>, 'userAgent' | 'address'>;

/** How a session that a request begins is to be held. */
export const sessionFor = (
  { userAgent, address }: AnyCall,
  transport: Transport,
  { idleMs, absoluteMs }: SessionRules,
  keyRing: KeyRing,
): SessionOptions => ({
  transport,
  idleMs,
  absoluteMs,
  agent: deviceFamily(userAgent),
  network: keyRing.blindIndex('session-network', networkOf(address)),
});

type Handed<Body> = Omit<Body, 'token'> & { token?: string; csrfToken?: string };

/**
 * Gives a session's token to its user: in the answer, or in a cookie that no script can read, with what the session's pages send beside it.
 * @param body the answer, with the token
 */
export function handOver<Body extends { readonly token: string }>(
  { token, ...body }: Body,
  transport: Transport,
  { cookie }: SessionRules,
  keyRing: KeyRing,
): Handed<Body> | WithHeaders<Handed<Body>> {
  if (transport === 'bearer') return { ...body, token };
  return new WithHeaders({ ...body, csrfToken: csrfTokenOf(keyRing, token) }, { 'Set-Cookie': setCookie(cookie, token) });
}

/** Takes a session's cookie away, with everything that the browser keeps of this site. */
export const takeBack = ({ cookie }: SessionRules): WithHeaders<undefined> =>
  new WithHeaders(undefined, {
    'Set-Cookie': setCookie(cookie, ''),
    'Clear-Site-Data': '"cache", "cookies", "storage"',
  });

const setCookie = ({ name, secure }: SessionRules['cookie'], value: string): string =>
  stringifySetCookie({ name, value, path: '/', httpOnly: true, secure, sameSite: 'strict', ...(value === '' ? { maxAge: 0 } : {}) });
