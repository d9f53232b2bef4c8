import { type Clock, isAllowed, type OutgoingRules, type ProblemPlace, type Text } from '../../platform/index.ts';
import { say } from '../words.ts';
import { type AfricasTalkingSettings, africasTalkingGateway, africasTalkingReceipts } from './africas-talking.ts';
import { isFromOneOf, isNetwork, isSigned, isSignedByTwilio, type Report } from './door.ts';
import type { Gateway, InboundMessage, Incoming, Receipt } from './gateway.ts';
import { type HttpSettings, httpGateway } from './http.ts';
import { type HttpReceipts, httpReceipts } from './http-receipts.ts';
import { africasTalkingInbound, httpInbound, twilioInbound } from './inbound.ts';
import { outboxGateway } from './outbox.ts';
import { isAllowedCentre, type SmppSettings, smppGateway } from './smpp/gateway.ts';
import { type Credentials, hasPlaceholder, secretsIn } from './template.ts';
import { type TwilioSettings, twilioGateway, twilioReceipts } from './twilio.ts';
import type { GatewayKind } from './types.ts';

/** What gateways need of the platform. */
export interface Surroundings {
  readonly rules: OutgoingRules;
  readonly clock: Clock;
  readonly dataDir: string;
  /** Whether codes may stand in a file. */
  readonly mayUseOutbox: boolean;
  /** Where a gateway reports what became of messages. */
  receiptsUrl(gatewayId: string): string;
  /** Where it hands over what people send. */
  inboundUrl(gatewayId: string): string;
}

/** One configured gateway, with what opens it. */
export interface Configured<Settings> {
  readonly id: string;
  readonly settings: Settings;
  readonly credentials: Credentials;
}

/** What has to be known of a kind of gateway. */
interface Kind<Settings> {
  /** The schema of its settings in the contract. */
  readonly schema: string;
  /** What is wrong with settings that have the right form. */
  faults(configured: Omit<Configured<Settings>, 'id'>, surroundings: Surroundings): ProblemPlace[];
  open(configured: Configured<Settings>, surroundings: Surroundings, incoming: Incoming): Gateway;
  /** Whether a report is the gateway's. Without this nothing is. */
  isFrom?(report: Report, configured: Configured<Settings>, surroundings: Surroundings): boolean;
  receipts?(report: unknown, settings: Settings): Receipt[];
  /** Whether messages of people come from the gateway. Without this none does. */
  isInboundFrom?(request: Report, configured: Configured<Settings>, surroundings: Surroundings): boolean;
  inbound?(request: unknown, settings: Settings): InboundMessage[];
}

const elsewhere = say('gateway_address_unfit');
const fault = (pointer: string, detail: Text): ProblemPlace => ({ pointer: `/body/${pointer}`, detail });
const missing = (credentials: Credentials, names: readonly string[]): ProblemPlace[] =>
  names.filter((name) => !Object.hasOwn(credentials, name)).map((name) => fault(`credentials/${name}`, say('gateway_credential_missing')));
const wrongServer = (server: string | undefined, rules: OutgoingRules): ProblemPlace[] =>
  server === undefined || (URL.canParse(server) && new URL(server).pathname === '/' && isAllowed(new URL(server), rules))
    ? []
    : [fault('settings/server', elsewhere)];
const wrongNetworks = (pointer: string, networks: readonly string[] = []): ProblemPlace[] =>
  networks.flatMap((network, i) => (isNetwork(network) ? [] : [fault(`${pointer}/${i}`, say('gateway_network_unfit'))]));

/** Whether a request is signed, and comes from where it should, as the settings say; where they say neither, it is not believed. */
function isBelieved(report: Report, said: Pick<HttpReceipts, 'signature' | 'addresses'> | undefined, credentials: Credentials): boolean {
  if (!said?.signature && !said?.addresses) return false;
  const { signature, addresses } = said;
  return (!signature || isSigned(report, signature, credentials['receiptSecret'])) && (!addresses || isFromOneOf(report, addresses));
}

const http: Kind<HttpSettings> = {
  schema: 'HttpGatewaySettings',
  faults({ settings: { url, headers = {}, body, receipts, inbound }, credentials }, { rules }) {
    const needed = new Set([
      ...secretsIn(headers),
      ...secretsIn(body),
      ...(receipts?.signature || inbound?.signature ? ['receiptSecret'] : []),
    ]);
    return [
      ...(hasPlaceholder(url) ? [fault('settings/url', say('gateway_url_variable'))] : []),
      ...(URL.canParse(url) && isAllowed(new URL(url), rules) ? [] : [fault('settings/url', elsewhere)]),
      ...Object.entries(headers).flatMap(([name, value]) =>
        /\{(to|digits|text|from)\}/.test(value)
          ? [fault(`settings/headers/${name}`, say('gateway_header_unfit', { variable: '{reference}' }))]
          : [],
      ),
      ...(JSON.stringify(body).includes('{text}') ? [] : [fault('settings/body', say('gateway_body_incomplete', { variable: '{text}' }))]),
      ...(/\{(to|digits)\}/.test(JSON.stringify(body))
        ? []
        : [fault('settings/body', say('gateway_body_without_number', { variable: '{to}', other: '{digits}' }))]),
      ...(receipts && !receipts.signature && !receipts.addresses ? [fault('settings/receipts', say('gateway_sender_unsaid'))] : []),
      ...(inbound && !inbound.signature && !inbound.addresses ? [fault('settings/inbound', say('gateway_sender_unsaid'))] : []),
      ...wrongNetworks('settings/receipts/addresses', receipts?.addresses),
      ...wrongNetworks('settings/inbound/addresses', inbound?.addresses),
      ...missing(credentials, [...needed]),
    ];
  },
  open: ({ settings, credentials }, { rules }) => httpGateway(settings, credentials, rules),
  isFrom: (report, { settings: { receipts }, credentials }) => isBelieved(report, receipts, credentials),
  receipts: (report, { receipts }) => (receipts ? httpReceipts(report, receipts) : []),
  isInboundFrom: (request, { settings: { inbound }, credentials }) => isBelieved(request, inbound, credentials),
  inbound: (request, { inbound }) => (inbound ? httpInbound(request, inbound) : []),
};

const twilio: Kind<TwilioSettings> = {
  schema: 'TwilioGatewaySettings',
  faults: ({ settings: { server, from, messagingServiceSid }, credentials }, { rules }) => [
    ...wrongServer(server, rules),
    ...(from || messagingServiceSid ? [] : [fault('settings/from', say('gateway_from_missing'))]),
    ...missing(credentials, ['authToken']),
  ],
  open: ({ id, settings, credentials }, { rules, receiptsUrl }) => twilioGateway(settings, credentials, rules, receiptsUrl(id)),
  isFrom: (report, { id, credentials }, { receiptsUrl }) => isSignedByTwilio(report, receiptsUrl(id), credentials['authToken']),
  receipts: (report) => twilioReceipts(report),
  isInboundFrom: (request, { id, credentials }, { inboundUrl }) => isSignedByTwilio(request, inboundUrl(id), credentials['authToken']),
  inbound: (request) => twilioInbound(request),
};

const africasTalking: Kind<AfricasTalkingSettings> = {
  schema: 'AfricasTalkingGatewaySettings',
  faults: ({ settings: { server, receiptAddresses }, credentials }, { rules }) => [
    ...wrongServer(server, rules),
    ...wrongNetworks('settings/receiptAddresses', receiptAddresses),
    ...missing(credentials, ['apiKey']),
  ],
  open: ({ settings, credentials }, { rules }) => africasTalkingGateway(settings, credentials, rules),
  isFrom: (report, { settings: { receiptAddresses = [] } }) => isFromOneOf(report, receiptAddresses),
  receipts: (report) => africasTalkingReceipts(report),
  isInboundFrom: (request, { settings: { receiptAddresses = [] } }) => isFromOneOf(request, receiptAddresses),
  inbound: (request) => africasTalkingInbound(request),
};

const smpp: Kind<SmppSettings> = {
  schema: 'SmppGatewaySettings',
  faults: ({ settings, credentials }, { rules }) => [
    ...(isAllowedCentre(settings, rules) ? [] : [fault('settings/host', say('gateway_host_unfit'))]),
    ...missing(credentials, ['password']),
  ],
  open: ({ settings, credentials }, { rules, clock }, incoming) => smppGateway(settings, credentials, rules, incoming, () => clock.now()),
};

// A database that was copied from a place where it may stand.
const noGateway: Gateway = { concurrency: 1, send: async () => ({ outcome: 'unreached' }), close: async () => {} };

const outbox: Kind<object> = {
  schema: 'OutboxGatewaySettings',
  faults: (_configured, { mayUseOutbox }) => (mayUseOutbox ? [] : [fault('kind', say('gateway_outbox_unfit'))]),
  open: (_configured, { dataDir, clock, mayUseOutbox }) => (mayUseOutbox ? outboxGateway(dataDir, clock) : noGateway),
};

// Settings are checked against their schema before they are kept, so whoever reads them back knows their form.
export const kinds = { outbox, http, twilio, africas_talking: africasTalking, smpp } as unknown as Readonly<
  Record<GatewayKind, Kind<object>>
>;
