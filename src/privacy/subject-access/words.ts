/** What the page says in one language. A field or a value without words is shown as the API names it. */
export interface Words {
  readonly title: string;
  readonly prepared: string;
  readonly rights: string;
  readonly nothing: string;
  readonly yes: string;
  readonly no: string;
  readonly sections: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
}
