import { isIP } from 'node:net';
import type { Fields, Pdu } from 'smpp';
import type { components } from '../../../contract/api.ts';
import { guardedLookup, isPrivateAddress, type OutgoingRules } from '../../../platform/index.ts';
import { answerTo, asReference, type Delivery, type Gateway, type Incoming, type Sms } from '../gateway.ts';
import { placesFor } from '../places.ts';
import type { Credentials } from '../template.ts';
import { joinsMessages, pieceIn } from './inbound.ts';
import { Link, NotBound } from './link.ts';
import { partsOf, wholeOf } from './parts.ts';
import { receiptIn } from './receipt.ts';

export type SmppSettings = components['schemas']['SmppGatewaySettings'];

const ALONE = 140;
const UDH = 0x40;
const NUMERIC = { ton: 1, npi: 1 };
const ALPHANUMERIC = { ton: 5, npi: 0 };
const SHORT = { ton: 3, npi: 0 };

// SMPP 3.4, 5.1.3: what is not about this number or this text is about us, or passes.
const meanings: Readonly<Record<number, 'sender_refused' | 'down' | 'later' | 'unknown'>> = {
  4: 'down', 8: 'down', 10: 'sender_refused', 13: 'down', 14: 'down', 15: 'down', 20: 'later', 69: 'unknown', 72: 'sender_refused',
  73: 'sender_refused', 88: 'later',
}; // biome-ignore format: one table

/** Whether a message centre may be connected to, as far as its address shows; its name is looked up when it is. */
export function isAllowedCentre({ host, tls = true }: SmppSettings, rules: OutgoingRules): boolean {
  const isHere = host === '127.0.0.1' || host === 'localhost';
  if (!tls && !rules.privateAddresses && !(rules.plainLoopback && isHere)) return false;
  return rules.privateAddresses || (rules.plainLoopback && isHere) || isIP(host) === 0 || !isPrivateAddress(host);
}

/**
 * A message centre that speaks SMPP 3.4, on one connection as a transceiver.
 * @param incoming keeps what the centre tells; only then is it told that we have it
 */
export function smppGateway(
  settings: SmppSettings,
  { password = '' }: Credentials,
  rules: OutgoingRules,
  incoming: Incoming,
  now: () => Date,
): Gateway {
  const { host, port, tls = true, systemId, systemType = '', window = 10, enquireLinkSeconds = 30, timeoutMs = 10_000 } = settings;
  const lookup = guardedLookup(rules);
  const takePiece = joinsMessages((messages) => incoming.messages(messages), now);
  const link = new Link({
    connect: { host, port, tls, ...(isIP(host) ? {} : { servername: host }), ...(lookup ? { lookup } : {}) },
    bind: { system_id: systemId, password, system_type: systemType },
    timeoutMs,
    enquireLinkMs: enquireLinkSeconds * 1_000,
    async onDeliver(pdu) {
      const receipt = receiptIn(pdu);
      if (receipt) await incoming.receipts([receipt]);
      const piece = pieceIn(pdu);
      return piece ? takePiece(piece) : true;
    },
  });
  const places = placesFor(window);
  return {
    concurrency: window,
    async send(sms) {
      const leave = await places();
      try {
        if (!isAllowedCentre(settings, rules)) return { outcome: 'unreached' };
        return answerTo(sms, await submitAll(link, settings, sms));
      } catch (error) {
        return { outcome: error instanceof NotBound ? 'unreached' : 'unknown' };
      } finally {
        leave();
      }
    },
    listen() {
      if (isAllowedCentre(settings, rules)) link.bound().catch(() => {});
    },
    close: () => link.close(),
  };
}

// The parts of one text one after another: what comes after a part that was not taken is not sent.
async function submitAll(link: Link, settings: SmppSettings, sms: Sms): Promise<Delivery> {
  const pdus = pdusOf(settings, sms);
  let answer: Pdu | undefined;
  for (const [i, pdu] of pdus.entries()) {
    try {
      answer = await link.submit(pdu);
    } catch (error) {
      return { outcome: i === 0 && error instanceof NotBound ? 'unreached' : 'unknown' };
    }
    if (!answer) return { outcome: 'unknown' };
    if (answer.command_status !== 0) return { outcome: i === 0 ? (meanings[answer.command_status] ?? 'refused') : 'unknown' };
  }
  return { outcome: 'accepted', reference: referenceIn(answer?.message_id, settings) ?? sms.reference };
}

/** Only the last part asks for a receipt, and its reference stands for all of them. */
function pdusOf({ longTexts = 'udh', from: ours }: SmppSettings, { to, text, from = ours, reference }: Sms): Fields[] {
  const source = from === undefined ? { ton: 0, npi: 0 } : /^\+?\d{7,}$/.test(from) ? NUMERIC : /^\d+$/.test(from) ? SHORT : ALPHANUMERIC;
  const common = {
    source_addr_ton: source.ton,
    source_addr_npi: source.npi,
    source_addr: from?.replace(/^\+/, '') ?? '',
    dest_addr_ton: NUMERIC.ton,
    dest_addr_npi: NUMERIC.npi,
    destination_addr: to.replace(/^\+/, ''),
  };
  const whole = wholeOf(text);
  if (longTexts === 'payload' && whole.bytes.length > ALONE) {
    return [
      { ...common, data_coding: whole.dataCoding, short_message: Buffer.alloc(0), message_payload: whole.bytes, registered_delivery: 1 },
    ];
  }
  const { dataCoding, parts } = partsOf(text, Number.parseInt(reference.slice(0, 2), 16) || 0);
  return parts.map(({ bytes, isJoined }, i) => ({
    ...common,
    data_coding: dataCoding,
    esm_class: isJoined ? UDH : 0,
    short_message: bytes,
    registered_delivery: i === parts.length - 1 ? 1 : 0,
  }));
}

function referenceIn(messageId: string | undefined, { hexReferences = false }: SmppSettings): string | undefined {
  const reference = asReference(messageId);
  return hexReferences && reference && /^[0-9a-f]{1,16}$/i.test(reference) ? BigInt(`0x${reference}`).toString() : reference;
}
