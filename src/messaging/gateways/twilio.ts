import type { components } from '../../contract/api.ts';
import type { OutgoingRules } from '../../platform/index.ts';
import { asReference, type Gateway, type Receipt } from './gateway.ts';
import { formOf, outcomeOf, overHttp } from './http.ts';
import { textAt } from './pointer.ts';
import type { Credentials } from './template.ts';

export type TwilioSettings = components['schemas']['TwilioGatewaySettings'];

const SERVER = 'https://api.twilio.com';

// Of its dictionary of errors: those that are about our account or about the sender, which no other number would get past.
const meaningsOfCodes: Readonly<Record<string, 'down' | 'sender_refused'>> = {
  20003: 'down', 20005: 'down', 21603: 'down', 30002: 'down', 21212: 'sender_refused', 21267: 'sender_refused', 21606: 'sender_refused',
  21659: 'sender_refused', 21660: 'sender_refused',
}; // biome-ignore format: one table

/**
 * Twilio's Programmable Messaging (version 2010-04-01).
 * @param callback where it reports what became of a message
 */
export const twilioGateway = (
  settings: TwilioSettings,
  { authToken = '' }: Credentials,
  rules: OutgoingRules,
  callback: string,
): Gateway => {
  const { accountSid, messagingServiceSid, server = SERVER } = settings;
  const url = new URL(`/2010-04-01/Accounts/${accountSid}/Messages.json`, server);
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  return overHttp(
    {
      request: ({ to, text, from = settings.from }) => ({
        url,
        asked: {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
          body: formOf({
            To: to,
            Body: text,
            ...(from === undefined ? {} : { From: from }),
            ...(messagingServiceSid === undefined ? {} : { MessagingServiceSid: messagingServiceSid }),
            StatusCallback: callback,
          }),
        },
      }),
      judge(status, answer, { reference }) {
        const outcome = outcomeOf(status);
        if (outcome === 'accepted') return { outcome, reference: asReference(textAt(answer, '/sid')) ?? reference };
        return { outcome: (outcome === 'refused' && meaningsOfCodes[textAt(answer, '/code') ?? '']) || outcome };
      },
    },
    settings,
    rules,
  );
};

const meanings: Readonly<Record<string, Receipt['status']>> = { delivered: 'delivered', read: 'delivered', undelivered: 'undelivered', failed: 'undelivered' }; // biome-ignore format: one table

/** A status callback. Of a message that is still on its way it says nothing that we keep. */
export function twilioReceipts(form: unknown): Receipt[] {
  const [reference, status] = [asReference(textAt(form, '/MessageSid')), meanings[textAt(form, '/MessageStatus') ?? '']];
  return reference && status ? [{ reference, status }] : [];
}
