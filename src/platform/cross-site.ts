import type { Request } from 'express';
import type { KeyRing } from './key-ring.ts';
import { equalSecrets } from './otp.ts';
import { problem } from './problems.ts';
import { say } from './words/index.ts';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What a page has to send in `X-CSRF-Token` with every change it makes in a session that is held by a cookie. It belongs to the session's
 * token (HMAC-SHA-256), so it is kept nowhere, ends with it, and is of no use in another session.
 */
export const csrfTokenOf = (keyRing: KeyRing, token: string): string => keyRing.blindIndex('csrf', token).toString('base64url');

/**
 * Whether a browser says that a request was made by a page of this server: by `Sec-Fetch-Site` (Fetch Metadata), by `Origin`
 * (RFC 6454 section 7), or both. What no browser sent is not from a page.
 * @param publicOrigin where people reach this server; without it, the host that the request names
 */
export function isFromOwnPage(request: Request, publicOrigin: string | undefined): boolean {
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  if (site === undefined && origin === undefined) return false;
  const own = publicOrigin ?? `${request.protocol}://${request.host}`;
  return (site === undefined || site === 'same-origin') && (origin === undefined || origin === own);
}

/**
 * Refuses what another site may have had a browser send with the session's cookie.
 * @param csrfToken the one that belongs to the session
 * @throws cross_site
 */
export function refuseCrossSite(request: Request, csrfToken: string, publicOrigin: string | undefined): void {
  const site = request.get('sec-fetch-site');
  if (harmless.has(request.method)) {
    if (site === 'cross-site' || site === 'same-site') throw problem.cross_site(say('opened_elsewhere'));
    return;
  }
  if (!isFromOwnPage(request, publicOrigin)) throw problem.cross_site(say('cross_site'));
  if (!equalSecrets(request.get('x-csrf-token') ?? '', csrfToken)) throw problem.cross_site(say('csrf_token_missing'));
}
