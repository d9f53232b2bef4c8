import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';

/** A text for one mailbox. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Ours. The same mail sent again carries the same one, so that a mailbox shows it once. */
  readonly reference: string;
}

/** A way to send e-mails. */
export interface Mailer {
  /**
   * @returns false when the server refuses the mail for good
   * @throws MailNotSent when nobody can tell whether it was taken
   */
  send(mail: Mail): Promise<boolean>;
}

/** A mail that has to be sent again. It says nothing of what the server answered, which may quote the mail. */
export class MailNotSent extends Error {
  override readonly name = 'MailNotSent';
}

/** The file that stands for everybody's mailbox where no e-mail is really sent. */
export const mailOutboxFile = (dataDir: string): string => join(dataDir, 'outbox', 'mail.jsonl');

/** The mailer that the settings name. */
export const connectMailer = (config: Config, clock: Clock): Mailer =>
  config.SMTP_URL
    ? smtpMailer({
        url: config.SMTP_URL,
        from: config.MAIL_FROM ?? 'sanad@localhost',
        timeoutMs: config.SMTP_TIMEOUT_MS,
        requireTls: config.SANAD_ENV === 'production',
      })
    : outboxMailer(config.dataDir, clock);

/** Writes each mail as a line of JSON to a file that only its owner can read. For development and demonstrations. */
export function outboxMailer(dataDir: string, clock: Clock): Mailer {
  return {
    async send(mail) {
      await mkdir(join(dataDir, 'outbox'), { recursive: true, mode: 0o700 });
      await appendFile(mailOutboxFile(dataDir), `${JSON.stringify({ at: clock.now(), ...mail })}\n`, { mode: 0o600 });
      return true;
    },
  };
}

export interface SmtpOptions {
  readonly url: string;
  readonly from: string;
  /** How long the server may be silent, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether a server on another machine must change to TLS (RFC 3207) before it is told anything. */
  readonly requireTls: boolean;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Sends over SMTP (RFC 5321), one connection for each mail. */
export function smtpMailer({ url, from, timeoutMs, requireTls }: SmtpOptions): Mailer {
  const transport = createTransport({
    url,
    requireTLS: requireTls && !loopback.has(new URL(url).hostname),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // A text is written here and nowhere else: nothing is fetched from a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.split('@')[1] ?? 'localhost';
  return {
    async send({ to, subject, text, reference }) {
      try {
        await transport.sendMail({
          // An object is not parsed: an address with a comma in it stays one address.
          from: { name: '', address: from },
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${reference}@${domain}>`,
          // RFC 3834: nobody's holiday answers this.
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return true;
      } catch (error) {
        if (isRefusedForGood(error)) return false;
        throw new MailNotSent('the e-mail server did not take the mail');
      }
    },
  };
}

/** Whether the server refused this mailbox or this text for good. That it does not take mail from us is put right and tried again. */
function isRefusedForGood(error: unknown): boolean {
  const { responseCode = 0, code = '', command = '' } = error as { responseCode?: number; code?: string; command?: string };
  return responseCode >= 500 && (command === 'RCPT TO' || code === 'EMESSAGE');
}
