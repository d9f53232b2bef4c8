import { afterEach, describe, expect, it } from 'vitest';
import { Centre } from '../../../../test/support/message-centre.ts';
import type { Gateway, InboundMessage, Incoming } from '../gateway.ts';
import { isAllowedCentre, type SmppSettings, smppGateway } from './gateway.ts';
import { partsOf } from './parts.ts';

const THROTTLED = 0x58;
const BAD_NUMBER = 0x0b;
const BAD_SENDER = 0x0a;
const BIND_FAILED = 0x0d;
const rules = { privateAddresses: false, plainLoopback: true };
const sms = { to: '+213550000001', text: 'Votre code : 123 456 789', reference: '01936f5e-7b1c-7c3e-9d52-0f4b6c1d2e3f' };
const arabic = `رمزك: \u2066123 456 789\u2069. ${'المبلغ '.repeat(20)}`;

describe('a message centre', () => {
  const open: { gateway: Gateway; centre: Centre }[] = [];
  afterEach(async () => {
    for (const { gateway, centre } of open.splice(0)) {
      await gateway.close();
      centre.close();
    }
  });

  async function start(changes: Partial<SmppSettings> = {}, incoming: Partial<Incoming> = {}) {
    const centre = new Centre();
    const port = await centre.open();
    const settings = { host: '127.0.0.1', port, tls: false, systemId: 'sanad', from: 'INFO', timeoutMs: 400, ...changes } as SmppSettings;
    const ears = { receipts: async () => {}, messages: async () => false, ...incoming };
    const gateway = smppGateway(settings, { password: 'secret' }, rules, ears, () => new Date('2026-03-10T12:00:00Z'));
    open.push({ gateway, centre });
    return { centre, gateway };
  }

  const listening = async (incoming: Partial<Incoming>): Promise<Centre> => {
    const { centre, gateway } = await start({}, incoming);
    gateway.listen?.();
    await expect.poll(() => centre.binds.length).toBe(1);
    return centre;
  };
  /** @returns what the centre is answered */
  const deliver = (centre: Centre, fields: Readonly<Record<string, unknown>>) =>
    new Promise<number>((resolve) => centre.sessions[0]?.deliver_sm(fields, ({ command_status }) => resolve(command_status)));
  const somebody = { source_addr_ton: 1, source_addr: '213550000009', destination_addr: '4040' };

  it('is bound once, with its password, and takes a short text as one message with a receipt', async () => {
    const { centre, gateway } = await start();
    expect(await Promise.all([gateway.send(sms), gateway.send({ ...sms, from: '+33123456789' })])).toEqual([
      { outcome: 'accepted', reference: 'id-1' },
      { outcome: 'accepted', reference: 'id-2' },
    ]);
    expect(centre.binds).toMatchObject([{ system_id: 'sanad', password: 'secret' }]);
    expect(centre.submitted).toMatchObject([
      { destination_addr: '213550000001', source_addr: 'INFO', source_addr_ton: 5, data_coding: 0, registered_delivery: 1, esm_class: 0 },
      { source_addr: '33123456789', source_addr_ton: 1 },
    ]);
    expect(centre.submitted[0]?.short_message).toMatchObject({ message: sms.text });
  });

  it('takes a long text in joined parts, of which the last asks for the receipt', async () => {
    const { centre, gateway } = await start();
    expect(await gateway.send({ ...sms, text: arabic })).toEqual({ outcome: 'accepted', reference: 'id-3' });
    expect(
      centre.submitted.map(({ registered_delivery, data_coding, esm_class }) => [registered_delivery, data_coding, esm_class]),
    ).toEqual([
      [0, 8, 0x40],
      [0, 8, 0x40],
      [1, 8, 0x40],
    ]);
    const texts = centre.submitted.map(({ short_message }) => (short_message as { message: string }).message);
    expect(texts.join('')).toBe(arabic);
    for (const { parts, dataCoding } of [partsOf(arabic, 7), partsOf('€'.repeat(200), 7), partsOf('😀'.repeat(70), 7)])
      for (const { bytes } of parts) expect(bytes.length).toBeLessThanOrEqual(dataCoding === 0 ? 159 : 140);
  });

  it('takes a long text whole where it cuts texts itself', async () => {
    const { centre, gateway } = await start({ longTexts: 'payload' });
    await gateway.send({ ...sms, text: arabic });
    expect(centre.submitted).toHaveLength(1);
    expect(centre.submitted[0]?.message_payload).toMatchObject({ message: arabic });
  });

  it('that does not let us in was given nothing, and is bound when it does', async () => {
    const { centre, gateway } = await start();
    centre.bindStatus = BIND_FAILED;
    expect(await gateway.send(sms)).toEqual({ outcome: 'unreached' });
    expect(centre.submitted).toEqual([]);
    centre.bindStatus = 0;
    expect(await gateway.send(sms)).toMatchObject({ outcome: 'accepted' });
  });

  it('asks to go slower, refuses a number, and says nothing', async () => {
    const { centre, gateway } = await start();
    const answer = (command_status: number, from?: string) => {
      centre.onSubmit = (pdu, session) => void session.send(pdu.response({ command_status }));
      return gateway.send(from === undefined ? sms : { ...sms, from });
    };
    expect(await answer(THROTTLED)).toEqual({ outcome: 'later' });
    expect(await answer(BAD_NUMBER)).toEqual({ outcome: 'refused' });
    expect(await answer(BAD_SENDER, 'MINE')).toEqual({ outcome: 'sender_refused' });
    expect(await answer(BAD_SENDER)).toEqual({ outcome: 'down' });
    centre.onSubmit = () => {};
    expect(await gateway.send(sms)).toEqual({ outcome: 'unknown' });
  });

  it('that is lost in the middle of a window leaves what was on its way unknown, and is bound anew for the rest', async () => {
    const { centre, gateway } = await start({ window: 4 });
    let lost = false;
    const usual = centre.onSubmit;
    centre.onSubmit = (pdu, session) => {
      if (lost) return usual(pdu, session);
      if (centre.submitted.length < 4) return;
      lost = true;
      session.destroy();
    };
    const outcomes = (await Promise.all(Array.from({ length: 8 }, () => gateway.send(sms)))).map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual([...Array(4).fill('accepted'), ...Array(4).fill('unknown')]);
    expect(centre.binds).toHaveLength(2);
  });

  it('reports once it is kept, again when it could not be, and in either way of writing', async () => {
    const kept: Parameters<Incoming['receipts']>[0][number][] = [];
    let works = false;
    const centre = await listening({
      async receipts(receipts) {
        if (!works) throw new Error('no database');
        kept.push(...receipts);
      },
      messages: async () => true,
    });
    const report = (fields: Readonly<Record<string, unknown>>) => deliver(centre, { esm_class: 4, ...fields });
    const delivered = {
      short_message: Buffer.from('id:id-1 sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:'),
    };
    expect(await report(delivered)).toBe(0x64);
    works = true;
    expect(await report(delivered)).toBe(0);
    expect(await report({ receipted_message_id: 'id-2', message_state: 5, short_message: Buffer.alloc(0) })).toBe(0);
    expect(await report({ receipted_message_id: 'id-3', message_state: 1, short_message: Buffer.alloc(0) })).toBe(0);
    expect(await report({ esm_class: 0, short_message: Buffer.from('id:id-9 stat:DELIVRD') })).toBe(0);
    expect(kept).toEqual([
      { reference: 'id-1', status: 'delivered' },
      { reference: 'id-2', status: 'undelivered' },
    ]);
  });

  it('hands over what people send, tells again what was not kept under the same name, and no report as a message', async () => {
    const heard: InboundMessage[] = [];
    let isKept = false;
    const messages = async (all: readonly InboundMessage[]) => {
      heard.push(...all);
      return isKept;
    };
    const centre = await listening({ messages });
    const message = { ...somebody, data_coding: 8, short_message: { message: 'لم أستلم المبلغ' } };
    expect(await deliver(centre, message)).toBe(0x64);
    isKept = true;
    expect(await deliver(centre, message)).toBe(0);
    expect(await deliver(centre, { ...somebody, short_message: { message: 'Where?' } })).toBe(0);
    for (const esm_class of [0x04, 0x08, 0x10, 0x20]) await deliver(centre, { ...message, esm_class });
    await deliver(centre, { ...message, short_message: Buffer.alloc(0) });
    expect(heard).toEqual([
      { id: heard[1]?.id, from: '+213550000009', to: '4040', text: 'لم أستلم المبلغ' },
      { id: expect.stringMatching(/^[0-9a-f]{64}$/), from: '+213550000009', to: '4040', text: 'لم أستلم المبلغ' },
      expect.objectContaining({ text: 'Where?' }),
    ]);
    expect(heard[2]?.id).not.toBe(heard[1]?.id);
  });

  it('hands over a long text whole, in whatever order its parts come, and parts that come alone as they are', async () => {
    const heard: InboundMessage[] = [];
    const centre = await listening({ messages: async (all) => heard.push(...all) > 0 });
    const { parts, dataCoding } = partsOf(arabic, 7);
    const pdus = parts.map(({ bytes }) => ({ ...somebody, data_coding: dataCoding, esm_class: 0x40, short_message: bytes }));
    expect(await Promise.all([...pdus].reverse().map((pdu) => deliver(centre, pdu)))).toEqual([0, 0, 0]);
    expect(heard.map(({ text }) => text)).toEqual([arabic]);
    const joined = (sar_segment_seqnum: number, message: string) =>
      deliver(centre, { ...somebody, sar_msg_ref_num: 9, sar_total_segments: 2, sar_segment_seqnum, short_message: { message } });
    await Promise.all([joined(2, 'world'), joined(1, 'Hello ')]);
    expect(heard.at(-1)?.text).toBe('Hello world');
    // A centre that waits for each answer sends the next part after it: nothing is lost, and nothing waits for ever.
    expect([await joined(1, 'One'), await joined(2, 'two')]).toEqual([0, 0]);
    expect(heard.slice(-2).map(({ text }) => text)).toEqual(['One', 'two']);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(4);
  });

  it('gives references in hexadecimal that it reports in decimal', async () => {
    const { centre, gateway } = await start({ hexReferences: true });
    centre.onSubmit = (pdu, session) => void session.send(pdu.response({ message_id: '1F' }));
    expect(await gateway.send(sms)).toEqual({ outcome: 'accepted', reference: '31' });
  });

  it('stands on the public internet and speaks TLS, unless the operator says otherwise', () => {
    const outside = { privateAddresses: false, plainLoopback: false };
    const settings = (host: string, tls: boolean) => ({ host, tls, port: 2775, systemId: 'x' }) as SmppSettings;
    expect(isAllowedCentre(settings('smsc.example.org', true), outside)).toBe(true);
    for (const [host, tls] of [['smsc.example.org', false], ['10.1.2.3', true], ['127.0.0.1', true], ['::1', true]] as const) // biome-ignore format: one table
      expect(isAllowedCentre(settings(host, tls), outside), host).toBe(false);
    expect(isAllowedCentre(settings('10.1.2.3', false), { ...outside, privateAddresses: true })).toBe(true);
  });
});
