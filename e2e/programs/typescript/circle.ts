export interface Circle {
  kind: 'circle';
  radius: number;
}
