/**
 * A message of a rule, with its places filled in: `fill('sent {how} in {packet}', { how: 'FIN', packet: 'packet 4' })`.
 * The compiler reads the places out of the message's type, so a value that is missing is an error of types. That works only
 * for literals: a message that is put together with `+` has the type `string`, which `fill` does not take.
 */

export type Values = Readonly<Record<string, string | number>>;

/** The names of a message's places: 'how' | 'packet'. For a union of messages, the names in all of them. */
export type PlacesOf<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlacesOf<Rest>
  : never;

export type ValuesFor<Message extends string> = Readonly<Record<PlacesOf<Message>, string | number>>;

export function fill<Message extends string>(
  message: string extends Message ? never : Message,
  values: ValuesFor<Message>,
): string {
  return fillAny(message, values);
}

/** The messages of a rule, by kind. */
export type Messages = Readonly<Record<string, string>>;

/**
 * One message of several, and the values for the places that the others may not have. `Common` are the places whose values
 * are the same for all of them, and are given to {@link fillChosen} apart.
 */
export type ChosenMessage<M extends Messages, Common extends string> = {
  [Kind in keyof M & string]: ChoiceOf<Kind, Exclude<PlacesOf<M[Kind]>, Common>>;
}[keyof M & string];

type ChoiceOf<Kind extends string, Place extends string> = [Place] extends [never]
  ? { readonly kind: Kind; readonly values?: Readonly<Record<string, never>> }
  : { readonly kind: Kind; readonly values: Readonly<Record<Place, string | number>> };

export function fillChosen<M extends Messages, Common extends string>(
  messages: M,
  { kind, values }: ChosenMessage<M, Common>,
  common: Readonly<Record<Common, string | number>>,
): string {
  return fillAny(messages[kind]!, { ...common, ...values });
}

/** The same as {@link fill}, for a message whose places the compiler does not know. */
export function fillAny(message: string, values: Values): string {
  return message.replace(/\{(\w+)\}/g, (_place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`a message wants "${name}", which its rule does not give`);
    return String(value);
  });
}
