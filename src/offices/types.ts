/** A post office where cash is handed over. */
export interface Office {
  readonly id: string;
  /** The postal code. */
  readonly code: string;
  readonly wilayaNumber: string;
  readonly commune: string;
  readonly nameFr: string;
  readonly nameAr: string;
  readonly isOpen: boolean;
  readonly hasCash: boolean;
}

export interface Wilaya {
  readonly number: string;
  readonly iso31662: string;
  /** OCHA's code; of the parent for the wilayas made in 2019. */
  readonly pcode: string | null;
  readonly nameFr: string;
  readonly nameAr: string;
}

/** A row of a file that was not taken, and why. */
export interface RefusedRow {
  readonly row: number;
  readonly cell: string;
  readonly detail: string;
}
