import { describe, expect, it } from 'vitest';
import contract from '../src/contract/openapi.json' with { type: 'json' };

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly parameters?: readonly { readonly $ref?: string; readonly name?: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>;
}

/** POSTs that change nothing, or that a repetition cannot harm, by operationId and why. */
const withoutIdempotencyKey: Readonly<Record<string, string>> = {
  previewPaymentList: 'it changes nothing',
  previewStatement: 'it changes nothing',
  previewTopUps: 'it changes nothing',
  previewMessageTexts: 'it changes nothing',
  answerSubject: 'it changes nothing, and what it answers is kept under no key',
  searchBeneficiaries: 'it changes nothing; what is looked for stands in the body because addresses are logged',
  createBeneficiaryExport: 'a passphrase is kept nowhere from which it could be answered again',
  createPaymentListExport: 'a passphrase is kept nowhere from which it could be answered again',
  createRefusedRowsExport: 'a passphrase is kept nowhere from which it could be answered again',
  signIn: 'a token is kept nowhere from which it could be answered again, and a code is good once',
  askToEnrolOnDevice: 'a challenge is good once; whoever asks again is given another',
  askDevice: 'a challenge is good once; whoever asks again is given another',
  signInOnDevice: 'a token is kept nowhere from which it could be answered again, and a challenge is good once',
  askForPasskeyRegistration: 'a challenge is good once; whoever asks again is given another',
  askForPasskeySignIn: 'a challenge is good once; whoever asks again is given another',
  askForPasskeyStepUp: 'a challenge is good once; whoever asks again is given another',
  stepUp: 'the session gets another token, which is kept nowhere, and a code is good once',
  openLink: 'a secret is kept nowhere from which it could be answered again, and each opening makes another',
  acceptInvitation: 'codes are kept nowhere from which they could be answered again, and a link is good once',
  resetPassword: 'a link is good once',
  replaceSecondFactor: 'codes are kept nowhere from which they could be answered again, and a link is good once',
  changePassword: 'nothing of a password is kept by which a request could be recognised, and the old one is good no more',
  renewRecoveryCodes: 'codes are kept nowhere from which they could be answered again',
  enrolAuthenticator: 'a secret is kept nowhere from which it could be answered again, and it counts once it is confirmed',
  issuePartnerKey: 'a key is kept nowhere from which it could be answered again',
  issueServiceKey: 'a key is kept nowhere from which it could be answered again',
  rotateServiceKey: 'a key is kept nowhere from which it could be answered again, and is replaced once',
  rotatePartnerKey: 'a key is kept nowhere from which it could be answered again, and is replaced once',
  createWebhook: 'a secret is kept nowhere from which it could be answered again',
  rotateWebhookSecret: 'a secret is kept nowhere from which it could be answered again, and is replaced once',
  takeReceipts: 'gateways send none; the same report twice leaves the same state',
  takeInboundMessages: 'gateways send none; the same message twice is one case',
};

/** Objects in requests that take any property, by where they stand and why. */
const openObjects: Readonly<Record<string, string>> = {
  'registerPasskey/credential/clientExtensionResults': 'a browser may write more into it, and nobody reads it',
  'signIn/passkey/clientExtensionResults': 'a browser may write more into it, and nobody reads it',
  'stepUp/passkey/clientExtensionResults': 'a browser may write more into it, and nobody reads it',
  'addGateway/settings': 'what is in it depends on the kind, and is checked against the schema of that kind',
  'changeGateway/settings': 'as when the gateway is added',
  'addGateway/credentials': 'names and texts, which the settings ask for',
  'changeGateway/credentials': 'as when the gateway is added',
  'answerInterview/answers': 'each is checked against its question',
  'referPeople/referrals/*': 'each is checked by itself, so that one that is wrong does not keep the others out',
};

/** Lists that are whole in one answer, by operationId and why. */
const wholeLists: Readonly<Record<string, string>> = {
  listExportDatasets: 'a version of the platform has a handful',
  listGateways: 'an agency has a handful',
  listPasskeys: 'nobody has more than twenty',
  listMessageTemplates: 'there are six',
  listProofTemplates: 'there are three',
  listWilayas: 'there are 58',
  listOwnSessions: 'nobody has more than ten',
  listUserSessions: 'nobody has more than ten',
  searchBeneficiaries: 'its limit and cursor stand in the body, with what is looked for',
  listMatchingModels: 'a programme estimates its weights now and then',
  listFeedbackCategories: 'there are twelve',
  listFeedbackLines: 'an agency has a handful',
  listAuditKeys: 'the key that heads are signed under changes every few years',
  readStory: 'a life is told five thousand events at a time, as few have more; the rest by cursor',
};

function at<T>(node: T & { readonly $ref?: string }): T {
  if (!node.$ref) return node;
  const found = node.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key.replaceAll('~1', '/').replaceAll('~0', '~')], contract);
  return at(found as T & { readonly $ref?: string });
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const operations = Object.entries(contract.paths as Record<string, Partial<Record<(typeof methods)[number], Operation>>>).flatMap(
  ([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ path, method, operation, name: operation.operationId ?? `${method} ${path}` }] : [];
    }),
);

/** Every object that a schema describes, with the place where it stands. */
function objectsIn(schema: Schema, place: string, above: readonly Schema[] = []): { place: string; schema: Schema }[] {
  const found = at(schema);
  if (above.includes(found)) return [];
  const line = [...above, found];
  return [
    ...(found.properties || found.type === 'object' ? [{ place, schema: found }] : []),
    ...Object.entries(found.properties ?? {}).flatMap(([name, inner]) => objectsIn(inner, `${place}/${name}`, line)),
    ...(found.items ? objectsIn(found.items, `${place}/*`, line) : []),
    ...[...(found.allOf ?? []), ...(found.oneOf ?? []), ...(found.anyOf ?? [])].flatMap((inner) => objectsIn(inner, place, line)),
  ];
}

const parameterNames = (operation: Operation) => (operation.parameters ?? []).map((parameter) => at(parameter).name);

describe('the contract', () => {
  it('gives every operation a name, one tag and a summary', () => {
    for (const { operation, name } of operations) {
      expect(operation.operationId, name).toMatch(/^[a-z]+([A-Z][a-z0-9]*)*$/);
      expect(operation.tags, name).toHaveLength(1);
      expect(operation.summary, name).toMatch(/^[A-Z].*[^.]$/);
    }
  });

  it('names no two operations alike', () => {
    const names = operations.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('puts resources under /v1 in kebab-case, a file with its ending', () => {
    for (const { path } of operations)
      expect(path).toMatch(/^\/v1(\/([a-z][a-z0-9]*(-[a-z0-9]+)*|\{[a-z][A-Za-z]*\}))+(\.(csv|xlsx|xml|html))?$/);
  });

  it('answers every error as a problem', () => {
    for (const { operation, name } of operations) {
      const problem = operation.responses['4XX'];
      expect(problem && Object.keys(at(problem).content ?? {}), name).toEqual(['application/problem+json']);
    }
  });

  it('asks for an Idempotency-Key wherever a POST changes something', () => {
    const without = operations.filter(
      ({ method, operation }) => method === 'post' && !parameterNames(operation).includes('Idempotency-Key'),
    );
    expect(without.map(({ name }) => name).sort()).toEqual(Object.keys(withoutIdempotencyKey).sort());
  });

  it('takes no property that it does not name', () => {
    const open = operations.flatMap(({ operation, name }) =>
      Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) =>
        objectsIn(schema ?? {}, name).filter((object) => object.schema.additionalProperties !== false),
      ),
    );
    expect([...new Set(open.map(({ place }) => place))].sort()).toEqual(Object.keys(openObjects).sort());
  });

  it('walks every list by cursor', () => {
    const lists = operations.flatMap(({ operation, name }) => {
      const answer = operation.responses['200'];
      const schema = answer && at(answer).content?.['application/json']?.schema;
      if (!schema) return [];
      const { type, properties, required } = at(schema);
      const isList = type === 'array' || /^list[A-Z]/.test(name) || properties?.['items'] !== undefined;
      return isList ? [{ name, operation, required: required ?? [] }] : [];
    });
    expect(lists.length).toBeGreaterThan(0);
    const broken = lists.filter(
      ({ operation, required }) =>
        !required.includes('items') ||
        !required.includes('nextCursor') ||
        !['limit', 'cursor'].every((parameter) => parameterNames(operation).includes(parameter)),
    );
    expect(broken.map(({ name }) => name).sort()).toEqual(Object.keys(wholeLists).sort());
  });
});
