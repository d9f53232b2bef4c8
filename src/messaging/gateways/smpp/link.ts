import smpp, { type ConnectOptions, type Fields, type Pdu, type Session } from 'smpp';

/** What a link is made of. */
export interface LinkOptions {
  readonly connect: ConnectOptions;
  readonly bind: Fields;
  readonly timeoutMs: number;
  readonly enquireLinkMs: number;
  /** @returns whether it was taken; the centre keeps what was not, and says it again */
  readonly onDeliver: (pdu: Pdu) => Promise<boolean>;
}

const TAKEN = 0;
const TEMPORARILY_NOT = 0x64; // ESME_RX_T_APPN
const BIND_VERSION = 0x34;
const CLOSING_MS = 500;

/** The centre did not let us in, or could not be reached. */
export class NotBound extends Error {
  override readonly name = 'NotBound';
}

/** A connection to a message centre that is bound as a transceiver when it is needed, and bound anew after it broke. */
export class Link {
  readonly #options: LinkOptions;
  #session: Promise<Session> | undefined;
  /** The connection that this is or will be. */
  #connected: Session | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** @throws NotBound */
  bound(): Promise<Session> {
    this.#session ??= this.#bind().catch((error) => {
      this.#session = undefined;
      throw error;
    });
    return this.#session;
  }

  /** @returns what the centre answered; undefined when nobody knows whether it was taken @throws NotBound when it surely was not */
  async submit(fields: Fields): Promise<Pdu | undefined> {
    const session = await this.bound();
    return this.#ask(session, (answered) => {
      if (!session.submit_sm(fields, answered)) throw new NotBound();
    });
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined);
    if (!session) return;
    const closed = new Promise<void>((resolve) => session.once('close', resolve));
    session.unbind({}, () => session.close());
    const timer = setTimeout(() => session.destroy(), CLOSING_MS);
    await closed;
    clearTimeout(timer);
  }

  async #bind(): Promise<Session> {
    const { connect, bind, enquireLinkMs, onDeliver } = this.#options;
    const session = smpp.connect(connect);
    this.#connected = session;
    session.setMaxListeners(0); // whoever waits for an answer hears when the connection ends
    let pulse: NodeJS.Timeout | undefined;
    session.on('error', () => session.destroy());
    session.on('close', () => {
      clearInterval(pulse);
      if (this.#connected === session) this.#session = undefined;
    });
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('deliver_sm', async (pdu: Pdu) => {
      const command_status = (await onDeliver(pdu).catch(() => false)) ? TAKEN : TEMPORARILY_NOT;
      session.send(pdu.response({ command_status }));
    });
    const answer = await this.#ask(session, (answered) => {
      session.once(connect.tls ? 'secureConnect' : 'connect', () =>
        session.bind_transceiver({ ...bind, interface_version: BIND_VERSION }, answered),
      );
    });
    if (answer?.command_status !== 0) {
      session.destroy();
      throw new NotBound();
    }
    pulse = setInterval(() => {
      // A line on which nothing comes back is dead, though nobody has hung up.
      this.#ask(session, (answered) => void session.enquire_link({}, answered)).then(
        (alive) => alive ?? session.destroy(),
        () => session.destroy(),
      );
    }, enquireLinkMs);
    pulse.unref();
    return session;
  }

  #ask(session: Session, how: (answered: (answer: Pdu) => void) => void): Promise<Pdu | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (answer?: Pdu) => {
        clearTimeout(timer);
        session.off('close', gone);
        resolve(answer);
      };
      const gone = () => settle();
      const timer = setTimeout(gone, this.#options.timeoutMs);
      session.once('close', gone);
      try {
        how(settle);
      } catch (error) {
        reject(error);
        settle();
      }
    });
  }
}
