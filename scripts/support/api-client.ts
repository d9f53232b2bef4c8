import { randomUUID } from 'node:crypto';
import {
  type OperationId,
  operationsOf,
  type PathParameters,
  type ProblemBody,
  type QueryParameters,
  type RequestBody,
  type ResponseBody,
  readContract,
} from '../../src/platform/index.ts';

const operations = new Map(operationsOf(readContract()).map((operation) => [operation.id, operation]));

/** What an operation takes; what it has none of may be left out. */
export interface Ask<K extends OperationId> {
  readonly params?: PathParameters<K>;
  readonly query?: QueryParameters<K>;
  readonly body?: RequestBody<K>;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The API answered with a problem. */
export class ApiError extends Error {
  readonly problem: ProblemBody;

  constructor(problem: ProblemBody) {
    super(`${problem.code}: ${problem.detail}${problem.errors ? ` ${JSON.stringify(problem.errors)}` : ''}`);
    this.problem = problem;
  }
}

/** Somebody at the API, over real HTTP, with the contract's types. */
export class ApiClient {
  readonly #base: string;
  token: string | undefined;

  constructor(base: string, token?: string) {
    this.#base = base;
    this.token = token;
  }

  /** @throws ApiError with the problem that the API answered */
  async call<K extends OperationId>(id: K, ask: Ask<K> = {}): Promise<ResponseBody<K>> {
    const response = await this.#send(id, ask);
    return (response.status === 204 ? undefined : await response.json()) as ResponseBody<K>;
  }

  /** As {@link call}, for an answer that is a file. */
  async download<K extends OperationId>(id: K, ask: Ask<K> = {}): Promise<string> {
    return (await this.#send(id, ask)).text();
  }

  /** As {@link download}, as bytes. */
  async bytes<K extends OperationId>(id: K, ask: Ask<K> = {}): Promise<Buffer> {
    return Buffer.from(await (await this.#send(id, ask)).arrayBuffer());
  }

  /** The problem that an operation is expected to answer; null when it succeeds. */
  async refusal<K extends OperationId>(id: K, ask: Ask<K> = {}): Promise<ProblemBody | null> {
    try {
      await this.#send(id, ask);
      return null;
    } catch (error) {
      if (error instanceof ApiError) return error.problem;
      throw error;
    }
  }

  /** Every item of a list, page after page. */
  async *all<K extends OperationId>(id: K, ask: Ask<K> = {}): AsyncGenerator<ItemOf<K>> {
    let cursor: string | null = null;
    do {
      const query = { limit: 200, ...ask.query, ...(cursor ? { cursor } : {}) } as QueryParameters<K>;
      const page = (await this.call(id, { ...ask, query })) as { items: ItemOf<K>[]; nextCursor: string | null };
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor);
  }

  async #send<K extends OperationId>(id: K, { params, query, body, idempotencyKey = randomUUID(), headers }: Ask<K>): Promise<Response> {
    const operation = operations.get(id);
    if (!operation) throw new Error(`the contract has no operation ${id}`);
    const path = operation.path.replaceAll(/:(\w+)/g, (_whole, name: string) =>
      encodeURIComponent(String((params as Record<string, string>)[name])),
    );
    const search = new URLSearchParams(Object.entries(query ?? {}).map(([name, value]): [string, string] => [name, String(value)]));
    const isText = typeof body === 'string';
    const response = await fetch(`${this.#base}${path}${search.size > 0 ? `?${search}` : ''}`, {
      method: operation.method.toUpperCase(),
      headers: {
        ...headers,
        ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}),
        ...(operation.method === 'post' ? { 'Idempotency-Key': idempotencyKey } : {}),
        ...(body === undefined ? {} : { 'Content-Type': isText ? 'text/csv' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    if (!response.ok) throw new ApiError((await response.json()) as ProblemBody);
    return response;
  }
}

/** What a list's page holds. */
export type ItemOf<K extends OperationId> = ResponseBody<K> extends { items: (infer Item)[] } ? Item : never;
