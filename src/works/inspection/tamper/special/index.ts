export { answersByShape, answersIn } from './by-shape.ts';
export { specialCases, telling } from './special-cases.ts';
