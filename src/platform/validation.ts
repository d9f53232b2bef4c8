import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Contract, ContractOperation, ContractParameter, MediaTypes } from './contract.ts';
import { isId } from './ids.ts';
import { malformed, type ProblemPlace } from './problems.ts';
import type { Text } from './texts.ts';
import { say } from './words/index.ts';

/** The parts of a request that the contract speaks of. */
export interface RequestParts {
  readonly path: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly header: Record<string, unknown>;
  readonly body: unknown;
}

/** Checks requests and answers against one operation of the contract. */
export interface OperationValidator {
  /** The content types of the body, or undefined when the operation takes none. */
  readonly bodyTypes: readonly string[] | undefined;
  /** Whether its answer holds texts, in the language that is asked for. */
  readonly hasTexts: boolean;
  /**
   * Checks a request and fills in the contract's defaults; numbers in the path and the query become numbers.
   * @throws invalid_request naming every place that is wrong
   */
  checkRequest(parts: RequestParts): void;
  /** @throws Error when an answer is not what the contract promises: a fault of ours */
  checkResponse(status: number, contentType: string, body: unknown): void;
}

const CONTRACT = 'contract';
/** More faults than anybody corrects in one go. */
const FAULTS_SHOWN = 100;
const places = ['path', 'query', 'header'] as const;

const isDate = (text: string): boolean =>
  /^[1-9]\d{3}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

type Check = (value: unknown) => ProblemPlace[];

type Compile = (how: 'strict' | 'coercing', prefix: string, schema: unknown) => Check;

// All servers of a process share what was compiled, as long as they have the same contract.
const compilers = new WeakMap<Contract['components'], Compile>();

function compilerOf({ components }: Contract): Compile {
  const known = compilers.get(components) ?? newCompiler(components);
  compilers.set(components, known);
  return known;
}

// Schemas are compiled when they are first needed.
function newCompiler(components: Contract['components']): Compile {
  const options = { strict: false, allErrors: true, verbose: true, useDefaults: true, validateSchema: false } as const;
  const ajvs = { strict: new Ajv2020(options), coercing: new Ajv2020({ ...options, coerceTypes: true }) };
  for (const ajv of Object.values(ajvs)) {
    formats.default(ajv);
    // Narrower than the library's: what PostgreSQL takes as an identifier and as a day.
    ajv.addFormat('uuid', isId);
    ajv.addFormat('date', isDate);
    ajv.addSchema({ components }, CONTRACT);
  }
  const compiled = { strict: new Map<string, ValidateFunction>(), coercing: new Map<string, ValidateFunction>() };
  const validatorOfSchema = (how: keyof typeof ajvs, schema: unknown): ValidateFunction => {
    const text = JSON.stringify(schema).replaceAll('"#/components/', `"${CONTRACT}#/components/`);
    const validate = compiled[how].get(text) ?? ajvs[how].compile(JSON.parse(text));
    compiled[how].set(text, validate);
    return validate;
  };
  return (how, prefix, schema) => {
    let validate: ValidateFunction | undefined;
    return (value) => {
      validate ??= validatorOfSchema(how, schema);
      return validate(value) ? [] : (validate.errors ?? []).slice(0, FAULTS_SHOWN).map((error) => placeOf(prefix, error));
    };
  };
}

/**
 * Checks values against one schema of the contract, for operations that look at each of many by itself.
 * @param name of the schema among the contract's components
 * @returns what is wrong, with pointers into the value; the contract's defaults are filled into it
 */
export const schemaCheck = (contract: Contract, name: string): Check => {
  const check = compilerOf(contract)('strict', '', { $ref: `#/components/schemas/${name}` });
  return (value) => unique(check(value));
};

/** Makes the validators of a contract's operations. */
export function validatorOf(contract: Contract): (operation: ContractOperation) => OperationValidator {
  const compile = compilerOf(contract);
  return ({ operationId, parameters = [], requestBody, responses, 'x-streamed': streamed }) => {
    const all = parameters.map((parameter) => resolved(contract, parameter));
    const checks = places.map((place) => [place, compile('coercing', `/${place}`, objectOf(all, place))] as const);
    const content = requestBody?.content;
    // What arrives as a stream is checked by whoever reads it.
    const bodyCheck = content && !streamed && compile('strict', '/body', schemaOf(content));
    const answers = new Map<string, Check>();
    return {
      bodyTypes: content && Object.keys(content),
      hasTexts: all.some(({ name }) => name === 'Accept-Language'),
      checkRequest(parts) {
        const faults = checks.flatMap(([place, of]) => of(parts[place]));
        if (bodyCheck) {
          if (parts.body !== undefined) faults.push(...bodyCheck(parts.body));
          else if (requestBody.required) faults.push({ pointer: '/body', detail: say('required') });
        }
        if (faults.length > 0) throw malformed(unique(faults));
      },
      checkResponse(status, contentType, body) {
        const declared = responses[status] ?? responses[`${String(status)[0]}XX`];
        if (!declared) throw new Error(`${operationId} answers ${status}, which the contract does not say`);
        const media = resolved(contract, declared).content?.[contentType];
        if (!media && body !== undefined)
          throw new Error(`${operationId} answers ${status} in ${contentType}, which the contract does not say`);
        if (!media) return;
        const key = `${status} ${contentType}`;
        const of = answers.get(key) ?? compile('strict', '/answer', media.schema);
        answers.set(key, of);
        const faults = of(body);
        if (faults.length > 0) throw new Error(`${operationId} breaks the contract: ${faults.map(inEnglish).join(' ')}`);
      },
    };
  };
}

function resolved<Value extends object>(contract: Contract, value: Value | { readonly $ref: string }): Value {
  if (!('$ref' in value)) return value;
  const found = value.$ref
    .split('/')
    .slice(1)
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], contract);
  return found as Value;
}

const schemaOf = (content: MediaTypes): unknown => Object.values(content)[0]?.schema ?? true;

/** One object schema for all parameters of a place. Headers may be more than the contract names; a query may not. */
function objectOf(parameters: readonly ContractParameter[], place: (typeof places)[number]): unknown {
  const here = parameters.filter((parameter) => parameter.in === place);
  return {
    type: 'object',
    properties: Object.fromEntries(here.map(({ name, schema }) => [nameIn(place, name), schema])),
    required: here.filter(({ required }) => required).map(({ name }) => nameIn(place, name)),
    additionalProperties: place === 'header',
  };
}

// Node gives the names of headers in small letters.
const nameIn = (place: string, name: string): string => (place === 'header' ? name.toLowerCase() : name);

const inEnglish = ({ pointer, detail }: ProblemPlace): string => `${pointer}: ${typeof detail === 'string' ? detail : detail.en}`;

function placeOf(prefix: string, error: ErrorObject): ProblemPlace {
  const { instancePath, keyword, params } = error;
  const pointer = `${prefix}${instancePath}`;
  if (keyword === 'required') return { pointer: `${pointer}/${params['missingProperty']}`, detail: say('required') };
  if (keyword === 'additionalProperties') return { pointer: `${pointer}/${params['additionalProperty']}`, detail: say('not_known_here') };
  return { pointer, detail: saysWhat(error) };
}

/** What to do about something that does not fit the contract. */
function saysWhat({ keyword, params, parentSchema, data }: ErrorObject): Text {
  const { limit } = params;
  switch (keyword) {
    case 'enum':
      return say('not_one_of', { choices: params['allowedValues'].map(String).join(', ') });
    case 'const':
      return say('not_one_of', { choices: String(params['allowedValue']) });
    case 'type':
      return saysType([params['type']].flat());
    case 'format':
      return saysFormat(params['format']);
    case 'pattern': {
      const [example] = (parentSchema?.['examples'] as unknown[] | undefined) ?? [];
      if (data === '') return say('left_empty');
      return example === undefined ? say('wrong_pattern', { pattern: params['pattern'] }) : say('not_like', { example: String(example) });
    }
    case 'minLength':
      return data === '' ? say('left_empty') : say('too_short', { limit });
    case 'maxLength':
      return say('too_long', { limit });
    case 'minimum':
      return say('too_low', { limit });
    case 'maximum':
      return say('too_high', { limit });
    case 'exclusiveMinimum':
      return say('too_low_or_equal', { limit });
    case 'exclusiveMaximum':
      return say('too_high_or_equal', { limit });
    case 'minItems':
      return say('too_few', { limit });
    case 'maxItems':
      return say('too_many', { limit });
    case 'uniqueItems':
      return say('given_twice');
    case 'minProperties':
      return say('too_few_fields', { limit });
    case 'maxProperties':
      return say('too_many_fields', { limit });
    case 'oneOf':
    case 'anyOf':
      return say('no_alternative');
    default:
      return say('not_as_agreed');
  }
}

const typeCodes = {
  string: 'not_text',
  integer: 'not_whole_number',
  number: 'not_number',
  boolean: 'not_yes_or_no',
  array: 'not_list',
  object: 'not_fields',
  null: 'not_empty',
} as const;

// Of what may be left empty too, it is said what it is when it is not.
const saysType = (types: readonly (keyof typeof typeCodes)[]): Text => say(typeCodes[types.find((type) => type !== 'null') ?? 'null']);

const formatCodes = { date: 'not_date', 'date-time': 'not_instant', uuid: 'not_id', email: 'not_email' } as const;

const saysFormat = (format: string): Text =>
  format in formatCodes ? say(formatCodes[format as keyof typeof formatCodes]) : say('wrong_format', { format });

const unique = (faults: readonly ProblemPlace[]): ProblemPlace[] => [...new Map(faults.map((fault) => [inEnglish(fault), fault])).values()];
