;; BT.601 in full range with colours of half the resolution, to RGBA. 16 pixels at a time, in numbers of 16 bits that are 64
;; times as large as the colours.
(module
  (memory (export "memory") 1)

  ;; All but the height are addresses and lengths in bytes. The stride is that of the luma and a multiple of 16; the chroma has
  ;; half of it, and RGBA four times as much.
  (func (export "convert")
    (param $y i32) (param $u i32) (param $v i32) (param $rgba i32) (param $stride i32) (param $height i32)
    (local $row i32) (local $end i32) (local $chroma i32)
    (local $cb v128) (local $cr v128) (local $green v128) (local $low v128) (local $high v128)
    (local $r v128) (local $g v128) (local $b v128) (local $rg v128) (local $ba v128)
    (loop $rows
      (local.set $end (i32.add (local.get $y) (local.get $stride)))
      (local.set $chroma (i32.mul (i32.shr_u (local.get $row) (i32.const 1)) (i32.shr_u (local.get $stride) (i32.const 1))))
      (loop $columns
        ;; Eight values of each chroma plane, 128 times as large and without their offset.
        (local.set $cb (i16x8.shl
          (i16x8.sub
            (v128.load8x8_u (i32.add (local.get $u) (local.get $chroma)))
            (v128.const i16x8 128 128 128 128 128 128 128 128))
          (i32.const 7)))
        (local.set $cr (i16x8.shl
          (i16x8.sub
            (v128.load8x8_u (i32.add (local.get $v) (local.get $chroma)))
            (v128.const i16x8 128 128 128 128 128 128 128 128))
          (i32.const 7)))
        ;; Times 0.344136, 0.714136, 1.772 and 1.402, which stand here 16384 times as large: q15mulr divides by 32768, and 64
        ;; of the 128 are left.
        (local.set $green (i16x8.add
          (i16x8.q15mulr_sat_s (local.get $cb) (v128.const i16x8 -5638 -5638 -5638 -5638 -5638 -5638 -5638 -5638))
          (i16x8.q15mulr_sat_s (local.get $cr) (v128.const i16x8 -11701 -11701 -11701 -11701 -11701 -11701 -11701 -11701))))
        (local.set $cb
          (i16x8.q15mulr_sat_s (local.get $cb) (v128.const i16x8 29032 29032 29032 29032 29032 29032 29032 29032)))
        (local.set $cr
          (i16x8.q15mulr_sat_s (local.get $cr) (v128.const i16x8 22970 22970 22970 22970 22970 22970 22970 22970)))
        ;; Sixteen of luma, and a half for rounding.
        (local.set $high (v128.load (local.get $y)))
        (local.set $low (i16x8.add
          (i16x8.shl (i16x8.extend_low_i8x16_u (local.get $high)) (i32.const 6))
          (v128.const i16x8 32 32 32 32 32 32 32 32)))
        (local.set $high (i16x8.add
          (i16x8.shl (i16x8.extend_high_i8x16_u (local.get $high)) (i32.const 6))
          (v128.const i16x8 32 32 32 32 32 32 32 32)))
        ;; Each value of chroma is that of two pixels.
        (local.set $r (i8x16.narrow_i16x8_u
          (i16x8.shr_s (i16x8.add (local.get $low)
            (i8x16.shuffle 0 1 0 1 2 3 2 3 4 5 4 5 6 7 6 7 (local.get $cr) (local.get $cr))) (i32.const 6))
          (i16x8.shr_s (i16x8.add (local.get $high)
            (i8x16.shuffle 8 9 8 9 10 11 10 11 12 13 12 13 14 15 14 15 (local.get $cr) (local.get $cr))) (i32.const 6))))
        (local.set $g (i8x16.narrow_i16x8_u
          (i16x8.shr_s (i16x8.add (local.get $low)
            (i8x16.shuffle 0 1 0 1 2 3 2 3 4 5 4 5 6 7 6 7 (local.get $green) (local.get $green))) (i32.const 6))
          (i16x8.shr_s (i16x8.add (local.get $high)
            (i8x16.shuffle 8 9 8 9 10 11 10 11 12 13 12 13 14 15 14 15 (local.get $green) (local.get $green))) (i32.const 6))))
        (local.set $b (i8x16.narrow_i16x8_u
          (i16x8.shr_s (i16x8.add (local.get $low)
            (i8x16.shuffle 0 1 0 1 2 3 2 3 4 5 4 5 6 7 6 7 (local.get $cb) (local.get $cb))) (i32.const 6))
          (i16x8.shr_s (i16x8.add (local.get $high)
            (i8x16.shuffle 8 9 8 9 10 11 10 11 12 13 12 13 14 15 14 15 (local.get $cb) (local.get $cb))) (i32.const 6))))
        ;; Side by side, first in pairs and then in pixels.
        (local.set $rg (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $r) (local.get $g)))
        (local.set $ba (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $b) (v128.const i32x4 -1 -1 -1 -1)))
        (v128.store (local.get $rgba)
          (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $rg) (local.get $ba)))
        (v128.store offset=16 (local.get $rgba)
          (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $rg) (local.get $ba)))
        (local.set $rg (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $r) (local.get $g)))
        (local.set $ba (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $b) (v128.const i32x4 -1 -1 -1 -1)))
        (v128.store offset=32 (local.get $rgba)
          (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $rg) (local.get $ba)))
        (v128.store offset=48 (local.get $rgba)
          (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $rg) (local.get $ba)))
        (local.set $chroma (i32.add (local.get $chroma) (i32.const 8)))
        (local.set $rgba (i32.add (local.get $rgba) (i32.const 64)))
        (br_if $columns (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 16))) (local.get $end))))
      (br_if $rows (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 1))) (local.get $height))))))
