import { createHash } from 'node:crypto';
import { type CommandContext, type FollowUp, type KeyRing, newId } from '../platform/index.ts';
import { insertLink, revokeLinks } from './link-store.ts';
import { accessProblem } from './problems.ts';
import type { Link, LinkPurpose } from './types.ts';
import { say } from './words.ts';

const HOUR_MS = 3_600_000;

/** How long a link is good. */
export const linkLifeMs: Readonly<Record<LinkPurpose, number>> = {
  invitation: 72 * HOUR_MS,
  password_reset: HOUR_MS,
  second_factor: 24 * HOUR_MS,
};

/** Wrong passwords that a link survives; the next one ends it. */
export const WRONG_PASSWORDS_ALLOWED = 4;

/**
 * The secret part of a link: 256 bits under a key derived from the master key, for this link and purpose alone. It is worked out when the link
 * is sent; it must not be stored, logged or queued.
 */
export const linkToken = (keyRing: KeyRing, { id, purpose, keyVersion }: Pick<Link, 'id' | 'purpose' | 'keyVersion'>): string =>
  keyRing.derive(keyVersion, 'account-link', `${purpose}/${id}`).toString('base64url');

/** What is kept of a link's token. */
export const hashLinkToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const pages: Readonly<Record<LinkPurpose, string>> = {
  invitation: 'invitation',
  password_reset: 'password-reset',
  second_factor: 'second-factor',
};

/**
 * A link as it is sent. The token follows `#`, which a browser sends to no server, so that it stands in no log and no referrer.
 * @param publicUrl where the console is
 */
export const linkAddress = (publicUrl: string, keyRing: KeyRing, link: Link): string =>
  `${publicUrl.replace(/\/+$/, '')}/${pages[link.purpose]}#${linkToken(keyRing, link)}`;

/** Makes a link; one of the same kind that was made before is worth nothing from now on. */
export async function newLink({ tx, now, keyRing, actor }: CommandContext, userId: string, purpose: LinkPurpose): Promise<Link> {
  const link: Link = {
    id: newId(),
    userId,
    purpose,
    keyVersion: keyRing.currentVersion,
    expiresAt: new Date(now.getTime() + linkLifeMs[purpose]),
    wrongTries: 0,
  };
  await revokeLinks(tx, userId, now, [purpose]);
  await insertLink(tx, link, hashLinkToken(linkToken(keyRing, link)), actor.id, now);
  return link;
}

/** Has a link sent to whom it is for. */
export const sendingOf = ({ id }: Pick<Link, 'id'>): FollowUp => ({ job: 'access.send_link', payload: { linkId: id } });

/** One refusal for a link that is unknown, for something else, used, revoked or too old. */
export const linkRefused = () => accessProblem.link_refused(say('link_refused'));
