import type { components } from '../../contract/api.ts';
import type { OutgoingRules } from '../../platform/index.ts';
import { asReference, type Delivery, type Gateway, type Receipt } from './gateway.ts';
import { formOf, outcomeOf, overHttp } from './http.ts';
import { textAt } from './pointer.ts';
import type { Credentials } from './template.ts';

export type AfricasTalkingSettings = components['schemas']['AfricasTalkingGatewaySettings'];

const SERVER = 'https://api.africastalking.com';
const recipient = '/SMSMessageData/Recipients/0';

/** Of a whole request, in which nobody is named. */
const BAD_SENDER = 'InvalidSenderId';

// Of a recipient, in an answer whose own status says nothing: 100 to 102 are on their way.
const outcomes: Readonly<Record<string, Delivery['outcome']>> = {
  100: 'accepted', 101: 'accepted', 102: 'accepted', 401: 'refused', 402: 'sender_refused', 403: 'refused', 404: 'refused', 405: 'down', 406: 'refused',
  407: 'refused', 409: 'refused', 500: 'unknown', 501: 'unknown', 502: 'refused',
}; // biome-ignore format: one table

/** Africa's Talking, version 1 of its messaging API. */
export const africasTalkingGateway = (settings: AfricasTalkingSettings, { apiKey = '' }: Credentials, rules: OutgoingRules): Gateway => {
  const { username, server = SERVER } = settings;
  const url = new URL('/version1/messaging', server);
  return overHttp(
    {
      request: ({ to, text, from = settings.from }) => ({
        url,
        asked: {
          method: 'POST',
          headers: { apiKey, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
          body: formOf({ username, to, message: text, ...(from === undefined ? {} : { from }) }),
        },
      }),
      judge(status, answer, { reference }) {
        const outcome = outcomeOf(status);
        if (outcome !== 'accepted') return { outcome };
        const code = textAt(answer, `${recipient}/statusCode`);
        const ofWhole = textAt(answer, '/SMSMessageData/Message') === BAD_SENDER ? 'sender_refused' : 'down';
        const ofRecipient = code === undefined ? (answer === undefined ? 'unknown' : ofWhole) : (outcomes[code] ?? 'unknown');
        if (ofRecipient !== 'accepted') return { outcome: ofRecipient };
        return { outcome: 'accepted', reference: asReference(textAt(answer, `${recipient}/messageId`)) ?? reference };
      },
    },
    settings,
    rules,
  );
};

const meanings: Readonly<Record<string, Receipt['status']>> = { Success: 'delivered', Rejected: 'undelivered', Failed: 'undelivered', AbsentSubscriber: 'undelivered', Expired: 'undelivered' }; // biome-ignore format: one table

/** A delivery report. */
export function africasTalkingReceipts(form: unknown): Receipt[] {
  const [reference, status] = [asReference(textAt(form, '/id')), meanings[textAt(form, '/status') ?? '']];
  return reference && status ? [{ reference, status }] : [];
}
