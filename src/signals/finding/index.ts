import { changedBefore } from './changes.ts';
import { wrongCodes } from './codes.ts';
import { disputed } from './disputes.ts';
import { farFromHome } from './distance.ts';
import { documentDiffers, sharedCollector, sharedDocument } from './documents.ts';
import { equalAtClose, outOfHours } from './hours.ts';
import { burst } from './pace.ts';
import { sharedPhone } from './phones.ts';
import type { Rule } from './rule.ts';

/** Everything that is looked for. */
export const rules: readonly Rule[] = [
  burst,
  outOfHours,
  farFromHome,
  changedBefore,
  sharedDocument,
  sharedCollector,
  sharedPhone,
  documentDiffers,
  equalAtClose,
  ...wrongCodes,
  disputed,
];
