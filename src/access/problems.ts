import { defineProblems } from '../platform/index.ts';

export const accessProblem = defineProblems({
  incompatible_roles: [409, 'Nobody holds both of these roles'],
  // 403, not 409: no change of the record would let this person go on; somebody else has to act.
  separation_of_duties: [403, 'Another person must do this'],
  key_replaced: [409, 'This key was replaced already'],
  device_locked: [403, 'PINs open nothing on this device any more'],
  device_refused: [401, 'This device was not recognised'],
  pin_refused: [422, 'The PIN was not accepted'],
  passkey_refused: [422, 'The passkey was not accepted'],
  link_refused: [422, 'The link is not accepted'],
  password_refused: [422, 'The password was not accepted'],
  second_factor_refused: [422, 'The code was not accepted'],
});
