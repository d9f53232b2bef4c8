import { z } from 'zod';
import type { Delivery, Gateway } from './gateway.ts';

export interface HttpGatewayOptions {
  readonly url: string;
  readonly token?: string | undefined;
  readonly timeoutMs: number;
}

const TOO_MANY_REQUESTS = 429;
const answer = z.object({ reference: z.string().regex(/^[\w.:-]{1,64}$/) });

/** Posts each message to an aggregator as JSON: `{to, text, reference}`, with `from` where the programme has a name for the sender; answered with `{reference}`. */
export function httpGateway({ url, token, timeoutMs }: HttpGatewayOptions): Gateway {
  return {
    name: 'http',
    async send(sms): Promise<Delivery> {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: JSON.stringify(sms),
        redirect: 'manual', // a message goes to the address that was configured, and nowhere else
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.ok) return { accepted: true, reference: (await referenceIn(response)) ?? sms.reference };
      await response.body?.cancel();
      if (response.status === TOO_MANY_REQUESTS) return { accepted: false, permanent: false, reason: 'refused_for_now' };
      if (response.status >= 400 && response.status < 500) return { accepted: false, permanent: true, reason: 'refused' };
      throw new Error(`the gateway answered with status ${response.status}`);
    },
  };
}

// The status alone says that the message was taken; an answer that cannot be read only costs its reference.
async function referenceIn(response: Response): Promise<string | undefined> {
  try {
    return answer.parse(await response.json()).reference;
  } catch {
    return undefined;
  }
}
