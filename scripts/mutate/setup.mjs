// For all tests under mutation: properties take the fixed seed, as in `npm test`, and a property that fails does not look for
// its smallest counterexample. Nobody would see that, and it takes longer than all other tests together.
import fc from 'fast-check';
import '../../test/helpers/seeded.ts';

fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });
