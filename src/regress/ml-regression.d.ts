/** The part of ml-regression 6 that is used; the package ships no types. */
declare module 'ml-regression' {
  export class MultivariateLinearRegression {
    constructor(x: number[][], y: number[][], options: { intercept: boolean; statistics: boolean })
    readonly weights: number[][]
  }
  export class PolynomialRegression {
    constructor(x: number[], y: number[], degree: number)
    readonly coefficients: number[]
  }
}
