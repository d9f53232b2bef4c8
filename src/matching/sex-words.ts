/** How files say the sexes, in French, English, Spanish and Arabic; the letters that stand for them among them, as in a list headed ذ / أ. */
export const sexWords = {
  female: ['Femme', 'F', 'Féminin', 'Fille', 'Female', 'Woman', 'Girl', 'W', 'Mujer', 'أنثى', 'أ', 'إناث', 'امرأة', 'بنت'],
  male: ['Homme', 'H', 'M', 'Masculin', 'Garçon', 'Male', 'Man', 'Boy', 'Hombre', 'ذكر', 'ذ', 'ذكور', 'رجل', 'ولد'],
} as const;
