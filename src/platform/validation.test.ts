import { expect, it } from 'vitest';
import type { Contract } from './contract.ts';
import type { Text } from './texts.ts';
import { schemaCheck } from './validation.ts';

const codesOf = (schema: object, value: unknown): string[] => {
  const contract = { components: { schemas: { Value: { type: 'object', properties: { value: schema }, required: ['value'] } } } };
  return schemaCheck(contract as unknown as Contract, 'Value')({ value }).map(({ detail }) => (detail as Text).code);
};

it.each([
  [{ type: 'string' }, 1, 'not_text'],
  [{ type: ['null', 'string'] }, 1, 'not_text'],
  [{ type: 'integer' }, 1.5, 'not_whole_number'],
  [{ type: 'number' }, 'one', 'not_number'],
  [{ type: 'boolean' }, 'yes', 'not_yes_or_no'],
  [{ type: 'array' }, {}, 'not_list'],
  [{ type: 'object' }, [], 'not_fields'],
  [{ type: 'null' }, 1, 'not_empty'],
  [{ enum: ['a', 'b'] }, 'c', 'not_one_of'],
  [{ const: true }, false, 'not_one_of'],
  [{ type: 'string', format: 'date' }, '2026-02-30', 'not_date'],
  [{ type: 'string', format: 'date-time' }, 'noon', 'not_instant'],
  [{ type: 'string', format: 'uuid' }, 'x', 'not_id'],
  [{ type: 'string', format: 'email' }, 'x', 'not_email'],
  [{ type: 'string', format: 'ipv4' }, 'x', 'wrong_format'],
  [{ type: 'string', pattern: '^a$' }, 'b', 'wrong_pattern'],
  [{ type: 'string', pattern: '^[A-Z]{3}$', examples: ['DZD'] }, 'b', 'not_like'],
  [{ type: 'string', pattern: '^a$' }, '', 'left_empty'],
  [{ type: 'string', minLength: 1 }, '', 'left_empty'],
  [{ type: 'string', minLength: 3 }, 'ab', 'too_short'],
  [{ type: 'string', maxLength: 1 }, 'ab', 'too_long'],
  [{ minimum: 2 }, 1, 'too_low'],
  [{ maximum: 2 }, 3, 'too_high'],
  [{ exclusiveMinimum: 2 }, 2, 'too_low_or_equal'],
  [{ exclusiveMaximum: 2 }, 2, 'too_high_or_equal'],
  [{ minItems: 1 }, [], 'too_few'],
  [{ maxItems: 1 }, [1, 2], 'too_many'],
  [{ uniqueItems: true }, [1, 1], 'given_twice'],
  [{ minProperties: 1 }, {}, 'too_few_fields'],
  [{ maxProperties: 1 }, { a: 1, b: 2 }, 'too_many_fields'],
  [{ type: 'object', required: ['a'] }, {}, 'required'],
  [{ type: 'object', additionalProperties: false }, { a: 1 }, 'not_known_here'],
  [{ not: {} }, 1, 'not_as_agreed'],
] as const)('says of %j that %j is wrong by %s', (schema, value, code) => {
  expect(codesOf(schema, value)).toEqual([code]);
});

it('says that one of several has to be given', () => {
  const either = {
    oneOf: [
      { type: 'object', required: ['a'] },
      { type: 'object', required: ['b'] },
    ],
  };
  expect(codesOf(either, {})).toContain('no_alternative');
});
