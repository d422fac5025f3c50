import unittest

from fairsplit import settle, split


class Split(unittest.TestCase):
    def test_equal_shares(self):
        self.assertEqual(split(900, [1, 1, 1]), [300, 300, 300])

    def test_weights(self):
        self.assertEqual(split(1000, [3, 1]), [750, 250])
        self.assertEqual(split(1000, [0, 1]), [0, 1000])

    def test_bad_weights(self):
        for weights in ([], [0, 0], [1, -1]):
            with self.assertRaises(ValueError):
                split(100, weights)


class Settle(unittest.TestCase):
    def test_pays_back(self):
        self.assertEqual(settle({"ada": 300, "bob": -100, "eve": -200}), [("eve", "ada", 200), ("bob", "ada", 100)])


if __name__ == "__main__":
    unittest.main()
