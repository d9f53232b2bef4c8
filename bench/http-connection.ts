import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer, as much of it as a measurement needs. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * One keep-alive connection that speaks just enough HTTP/1.1 to ask for JSON, so that the measuring costs the machine little of what it
 * measures. One request at a time.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received = '';
  #settle: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (part: string) => this.#read(part));
    socket.on('error', (error) => this.#settle?.reject(error)).on('close', () => this.#settle?.reject(new Error('the server hung up')));
  }

  static async open(port: number): Promise<HttpConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  get(path: string, headers: string): Promise<Answer> {
    return this.#ask(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n`);
  }

  post(path: string, headers: string, body: string): Promise<Answer> {
    return this.#ask(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n\r\n${body}`,
    );
  }

  #ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.closed) throw new Error('the server hung up');
      this.#settle = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }

  #read(part: string): void {
    this.#received += part;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.slice(0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const body = this.#received.slice(end + 4);
    if (body.length < length) return;
    this.#received = body.slice(length);
    this.#settle?.resolve({ status: Number(head.slice(9, 12)), body: body.slice(0, length) });
  }
}
