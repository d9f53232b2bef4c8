import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Contract, ContractOperation, ContractParameter, MediaTypes } from './contract.ts';
import { isId } from './ids.ts';
import { type ProblemPlace, problem } from './problems.ts';

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
  const options = { strict: false, allErrors: true, useDefaults: true, validateSchema: false } as const;
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
      checkRequest(parts) {
        const faults = checks.flatMap(([place, of]) => of(parts[place]));
        if (bodyCheck) {
          if (parts.body !== undefined) faults.push(...bodyCheck(parts.body));
          else if (requestBody.required) faults.push({ pointer: '/body', detail: 'is required' });
        }
        if (faults.length > 0) throw problem.invalid_request('Correct the places listed in "errors".', {}, unique(faults));
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
        if (faults.length > 0) throw new Error(`${operationId} breaks the contract: ${JSON.stringify(faults)}`);
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

function placeOf(prefix: string, { instancePath, keyword, params, message }: ErrorObject): ProblemPlace {
  const pointer = `${prefix}${instancePath}`;
  if (keyword === 'required') return { pointer: `${pointer}/${params['missingProperty']}`, detail: 'is required' };
  if (keyword === 'additionalProperties') return { pointer: `${pointer}/${params['additionalProperty']}`, detail: 'is not known here' };
  if (keyword === 'enum') return { pointer, detail: `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}` };
  return { pointer, detail: message ?? 'is not as the contract says' };
}

const unique = (faults: readonly ProblemPlace[]): ProblemPlace[] => [
  ...new Map(faults.map((fault) => [`${fault.pointer} ${fault.detail}`, fault])).values(),
];
