import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { operations } from '../contract/api.ts';
import { packageRoot } from './package-root.ts';
import type { Purpose } from './purposes.ts';
import type { Upload } from './uploads.ts';

/** What this server answers. What it tells others (`webhooks` of the contract, each `tell…`) is answered by them. */
export type OperationId = Exclude<keyof operations, `tell${string}`>;

type Json<Content> = Content extends { 'application/json': infer Body }
  ? Body
  : Content extends { 'text/csv': infer Text }
    ? Text
    : undefined;

/** The body that an operation takes. */
export type RequestBody<K extends OperationId> = operations[K] extends { requestBody: { content: infer Content } }
  ? Json<Content>
  : operations[K] extends { requestBody?: { content: infer Content } }
    ? Json<Content> | undefined
    : undefined;

/** What only an operation that takes its body as a stream may be sent; the contract marks it with `x-streamed`. */
type Spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
type Form = 'application/x-www-form-urlencoded';

/** The body of an operation as its handler receives it. */
export type ReceivedBody<K extends OperationId> = operations[K] extends {
  requestBody: { content: Record<Spreadsheet, unknown> } | { content: Record<Form, unknown> };
}
  ? Upload
  : RequestBody<K>;

/** The values in an operation's path. */
export type PathParameters<K extends OperationId> = operations[K]['parameters'] extends { path: infer Path } ? Path : Record<string, never>;

/** The values after the question mark. */
export type QueryParameters<K extends OperationId> = NonNullable<operations[K]['parameters']['query']>;

/** The headers that an operation's parameters name, as Node spells them. */
export type HeaderParameters<K extends OperationId> = {
  readonly [Name in keyof NonNullable<operations[K]['parameters']['header']> & string as Lowercase<Name>]: NonNullable<
    operations[K]['parameters']['header']
  >[Name];
};

type Success = 200 | 201 | 202;

/** The JSON body of an operation's success. */
export type ResponseBody<K extends OperationId> = {
  [Status in keyof operations[K]['responses']]: Status extends Success
    ? operations[K]['responses'][Status] extends { content: { 'application/json': infer Body } }
      ? Body
      : undefined
    : Status extends 204
      ? undefined
      : never;
}[keyof operations[K]['responses']];

/** Bodies by content type. */
export type MediaTypes = Readonly<Record<string, { readonly schema: unknown }>>;

export interface ContractParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema: unknown;
}

interface Reference {
  readonly $ref: string;
}

/** One operation as the contract writes it. */
export interface ContractOperation {
  readonly operationId: OperationId;
  readonly security?: readonly Record<string, readonly string[]>[];
  /** Who may: a name in the table of permissions, or `none` where nothing is asked. */
  readonly 'x-permission'?: string;
  readonly parameters?: readonly (ContractParameter | Reference)[];
  readonly requestBody?: { readonly required?: boolean; readonly content: MediaTypes };
  /** Whether the body is handed over as it arrives instead of being read and checked first. */
  readonly 'x-streamed'?: boolean;
  /** The people whom an answer shows: pointers to their identifiers in it (`/items/…/id`, with `*` for every element), or values of the path (`{beneficiaryId}`). */
  readonly 'x-people'?: readonly string[];
  /** Where people are shown who have no record of their own: a kind of thing and the value of the path that names it. */
  readonly 'x-people-in'?: string;
  /** The pointer to the programme that they are in, where neither the path nor their records say it. */
  readonly 'x-programme'?: string;
  /** What people are usually read for by this operation. */
  readonly 'x-purpose'?: Purpose;
  readonly responses: Readonly<Record<string, { readonly content?: MediaTypes } | Reference>>;
}

/** The contract as it is served: `openapi.yaml` with every reference gathered into one file. */
export interface Contract {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, ContractOperation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

/** One operation of the contract, as the router needs it. */
export interface Operation {
  readonly id: OperationId;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** The path in Express's spelling. */
  readonly path: string;
  readonly isPublic: boolean;
  /** The name in the table of permissions; undefined where anybody may, known or not. */
  readonly permission: string | undefined;
  readonly successStatus: number;
  /** The operation as the contract writes it. */
  readonly definition: ContractOperation;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

let contract: Contract | undefined;

/** Reads the gathered contract, once for a process. */
export function readContract(): Contract {
  contract ??= JSON.parse(readFileSync(join(packageRoot, 'src/contract/openapi.json'), 'utf8')) as Contract;
  return contract;
}

/** Where nothing is said nobody may, so that an operation is not open because a line was forgotten. */
function permissionOf({ operationId, 'x-permission': permission }: ContractOperation): string | undefined {
  if (!permission)
    throw new Error(`${operationId} has no x-permission: name its line of src/access/permissions.ts in the contract, or none`);
  return permission === 'none' ? undefined : permission;
}

/** Every operation of the contract. @throws Error when one does not say who may */
export const operationsOf = (contract: Contract): Operation[] =>
  Object.entries(contract.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      return [
        {
          id: operation.operationId,
          method,
          path: path.replaceAll(/\{(\w+)\}/g, ':$1'),
          isPublic: operation.security?.length === 0,
          permission: permissionOf(operation),
          successStatus: Number(Object.keys(operation.responses).find((status) => status.startsWith('2')) ?? 200),
          definition: operation,
        },
      ];
    }),
  );
