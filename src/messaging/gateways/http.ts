import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { components } from '../../contract/api.ts';
import { guardedRequest, type OutgoingRequest, type OutgoingRules, type RequestProgress } from '../../platform/index.ts';
import { answerTo, asReference, type Delivery, type Gateway, type Sms } from './gateway.ts';
import { placesFor } from './places.ts';
import { readBody, textAt } from './pointer.ts';
import { type Credentials, fill, fillText } from './template.ts';

export type HttpSettings = components['schemas']['HttpGatewaySettings'];

const ANSWER_BYTES = 64 * 1024;
const SECOND_MS = 1_000;
const LONGEST_PAUSE_MS = 600_000;
const unlessSaid = { timeoutMs: 10_000, connections: 16 } as const;

/** One request to an aggregator, and what its answer means. */
export interface Exchange {
  request(sms: Sms): { readonly url: URL; readonly asked: Omit<OutgoingRequest, 'agent'> };
  /** @param body undefined when it broke off after the status */
  judge(status: number, body: unknown, sms: Sms): Delivery;
}

/** A gateway that is asked over HTTP, on connections that stay open. A message goes to the address that was configured, and nowhere else. */
export function overHttp(
  exchange: Exchange,
  { timeoutMs = unlessSaid.timeoutMs, connections = unlessSaid.connections }: { timeoutMs?: number; connections?: number },
  rules: OutgoingRules,
): Gateway {
  const agents = { 'http:': new PlainAgent(kept(connections)), 'https:': new TlsAgent(kept(connections)) };
  // Whoever waits for a connection is not timed yet.
  const places = placesFor(connections);
  const judge: Exchange['judge'] = (status, body, sms) => answerTo(sms, exchange.judge(status, body, sms));
  return {
    concurrency: connections,
    async send(sms) {
      const leave = await places();
      const progress: RequestProgress = {};
      try {
        const { url, asked } = exchange.request(sms);
        const agent = url.protocol === 'https:' ? agents['https:'] : agents['http:'];
        const answer = await guardedRequest(url, { ...asked, agent }, rules, { timeoutMs, bytes: ANSWER_BYTES }, progress);
        const delivery = judge(answer.status, readBody('', answer.body.toString()), sms);
        return delivery.outcome === 'later' ? { ...delivery, ...pauseIn(answer.retryAfter) } : delivery;
      } catch {
        // The status alone may say enough.
        if (progress.status !== undefined) return judge(progress.status, undefined, sms);
        return { outcome: progress.reached ? 'unknown' : 'unreached' };
      } finally {
        leave();
      }
    },
    async close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

const kept = (maxSockets: number) => ({ keepAlive: true, maxSockets, keepAliveMsecs: 10_000 });

const pauseIn = (retryAfter: string | undefined): { pauseMs?: number } =>
  retryAfter && /^\d{1,6}$/.test(retryAfter) ? { pauseMs: Math.min(Number(retryAfter) * SECOND_MS, LONGEST_PAUSE_MS) } : {};

const meanings: Readonly<Record<number, 'later' | 'down'>> = { 408: 'later', 425: 'later', 429: 'later', 401: 'down', 403: 'down', 404: 'down', 405: 'down', 503: 'down' }; // biome-ignore format: one table

/** What a status means where nobody says otherwise. */
export function outcomeOf(status: number): Delivery['outcome'] {
  if (status >= 200 && status < 300) return 'accepted';
  return meanings[status] ?? (status >= 400 && status < 500 ? 'refused' : 'unknown');
}

/** The generic gateway: request, answer and receipts as its settings say. */
export function httpGateway(settings: HttpSettings, credentials: Credentials, rules: OutgoingRules): Gateway {
  const { headers = {}, format, body, outcomes = [], reference } = settings;
  const url = new URL(settings.url);
  const type = format === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  return overHttp(
    {
      request(given) {
        const sms = given.from === undefined && settings.from ? { ...given, from: settings.from } : given;
        const filled = fill(body, sms, credentials) as Record<string, unknown>;
        const filledHeaders = Object.entries(headers).map(([name, value]) => [name, fillText(value, sms, credentials) ?? '']);
        return {
          url,
          asked: {
            method: settings.method ?? 'POST',
            headers: { 'content-type': type, accept: 'application/json', ...Object.fromEntries(filledHeaders) },
            body: format === 'form' ? formOf(filled) : JSON.stringify(filled),
          },
        };
      },
      judge(status, answer, sms) {
        const fits = outcomes.find(
          (rule) =>
            (!rule.statuses || rule.statuses.includes(status)) &&
            (!rule.values || rule.values.some((value) => isValue(textAt(answer, rule.at ?? ''), value))),
        );
        const isUnread = answer === undefined && outcomes.some(({ values }) => values !== undefined);
        const outcome = fits?.outcome ?? (isUnread && outcomeOf(status) === 'accepted' ? 'unknown' : outcomeOf(status));
        if (outcome !== 'accepted') return { outcome };
        return { outcome, reference: asReference(reference === undefined ? undefined : textAt(answer, reference)) ?? sms.reference };
      },
    },
    settings,
    rules,
  );
}

/** A form; a member that is left out is left out. */
export const formOf = (fields: Readonly<Record<string, unknown>>): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])),
  ).toString();

const isValue = (text: string | undefined, value: string): boolean =>
  text !== undefined && (value.endsWith('*') ? text.startsWith(value.slice(0, -1)) : text === value);
