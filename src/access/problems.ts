import { defineProblems } from '../platform/index.ts';

export const accessProblem = defineProblems({
  incompatible_roles: [409, 'Nobody holds both of these roles', 'Personne n’a ces deux rôles à la fois', 'لا يجمع أحد بين هذين الدورين'],
  // 403, not 409: no change of the record would let this person go on; somebody else has to act.
  separation_of_duties: [403, 'Another person must do this', 'Une autre personne doit le faire', 'يجب أن يفعل هذا شخص آخر'],
  key_replaced: [409, 'This key was replaced already', 'Cette clé a déjà été remplacée', 'استُبدل هذا المفتاح من قبل'],
  device_locked: [
    403,
    'PINs open nothing on this device any more',
    'Les PIN n’ouvrent plus rien sur cet appareil',
    'لم تعد أرقام PIN تفتح شيئًا على هذا الجهاز',
  ],
  device_refused: [401, 'This device was not recognised', 'Cet appareil n’a pas été reconnu', 'لم يُتعرّف على هذا الجهاز'],
  pin_refused: [422, 'The PIN was not accepted', 'Le PIN n’a pas été accepté', 'لم يُقبل رقم PIN'],
  passkey_refused: [422, 'The passkey was not accepted', 'La clé d’accès n’a pas été acceptée', 'لم يُقبل مفتاح المرور'],
  link_refused: [422, 'The link is not accepted', 'Le lien n’est pas accepté', 'الرابط غير مقبول'],
  password_refused: [422, 'The password was not accepted', 'Le mot de passe n’a pas été accepté', 'لم تُقبل كلمة المرور'],
  second_factor_refused: [422, 'The code was not accepted', 'Le code n’a pas été accepté', 'لم يُقبل الرمز'],
});
