import { command, problem } from '../../platform/index.ts';
import { enrol } from '../authenticator.ts';
import { findOpenLink, lockLink } from '../link-store.ts';
import { linkRefused } from '../links.ts';
import { credentialsById } from '../store.ts';
import type { Language, LinkPurpose, TotpEnrolment } from '../types.ts';

/** What a link turns out to be. */
export interface OpenedLink {
  readonly purpose: LinkPurpose;
  readonly email: string;
  readonly displayName: string;
  readonly language: Language;
  readonly expiresAt: string;
  /** What sets up an authenticator, where the link is for that: shown this once, and anew at each opening. */
  readonly totp: TotpEnrolment | null;
}

/** Opens a link. @param hash of its token, in hexadecimal @throws link_refused */
export const openLink = command<{ hash: string }, OpenedLink>({
  name: 'access.open_link',
  scope: () => ({}),
  async run(context, { hash }) {
    const { tx, now } = context;
    const digest = Buffer.from(hash, 'hex');
    const found = await findOpenLink(tx, digest, now);
    const link = found && (await lockLink(tx, digest, found.purpose, now));
    if (!link) throw linkRefused();
    const { id, userId, purpose } = link;
    const user = await credentialsById(tx, userId);
    if (!user) throw problem.internal_error('The user has gone.');
    const { email, displayName, language } = user;
    const totp = purpose === 'password_reset' ? null : await enrol(context, userId, email);
    const result = { purpose, email, displayName, language, expiresAt: link.expiresAt.toISOString(), totp };
    return { result, subject: { type: 'user', id: userId }, after: { link: id } };
  },
});
