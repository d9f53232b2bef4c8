import type { components } from '../../contract/api.ts';
import { problem } from '../../platform/index.ts';
import { say } from '../words.ts';
import { asReference, type InboundMessage } from './gateway.ts';
import { at, textAt } from './pointer.ts';

type HttpInbound = components['schemas']['HttpInbound'];

/** Messages that one request may hold. */
const MOST = 100;

const messageOf = (id: unknown, from: string | undefined, to: string | undefined, text: string | undefined): InboundMessage[] => {
  const name = asReference(id);
  return name && from && text !== undefined ? [{ id: name, from, to, text }] : [];
};

/** What a request holds, as the settings read it. @throws too_large, so that the gateway sends fewer at once and none is lost */
export function httpInbound(request: unknown, { list, id, from, to, text }: HttpInbound): InboundMessage[] {
  const found = list === undefined ? [request] : at(request, list);
  const lines: unknown[] = Array.isArray(found) ? found : [];
  if (lines.length > MOST) throw problem.too_large(say('gateway_too_many_messages', { most: MOST }));
  return lines.flatMap((one) =>
    messageOf(textAt(one, id), textAt(one, from), to === undefined ? undefined : textAt(one, to), textAt(one, text)),
  );
}

/** A message that Twilio posts. */
export const twilioInbound = (form: unknown): InboundMessage[] =>
  messageOf(textAt(form, '/MessageSid'), textAt(form, '/From'), textAt(form, '/To'), textAt(form, '/Body'));

/** A message that Africa's Talking posts. */
export const africasTalkingInbound = (form: unknown): InboundMessage[] =>
  messageOf(textAt(form, '/id'), textAt(form, '/from'), textAt(form, '/to'), textAt(form, '/text'));
