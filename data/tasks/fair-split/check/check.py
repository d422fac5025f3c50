# The answers are compared here, in a process that never loads the code that is checked.
import json
import subprocess
import sys

RAISES = "ValueError"
CASES = [
    ("split(1000, [1, 1, 1])", [334, 333, 333]),
    ("split(100, [1, 2, 4])", [14, 29, 57]),
    ("split(-1000, [1, 1, 1])", [-334, -333, -333]),
    ("split(-100, [1, 2, 4])", [-14, -29, -57]),
    ("split(10**18 + 1, [1, 1])", [500000000000000001, 500000000000000000]),
    ("split(5, [1] * 7)", [1, 1, 1, 1, 1, 0, 0]),
    ("split(1, [0, 1, 0])", [0, 1, 0]),
    ("split(10, [Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)])", [4, 3, 3]),
    ("split(101, [0.5, 0.25, 0.25])", [51, 25, 25]),
    ("split(0, [1, 2])", [0, 0]),
    ("split(7, iter([1, 1]))", [4, 3]),
    ("sum(split(99999, range(1, 50)))", 99999),
    # What held before.
    ("split(900, [1, 1, 1])", [300, 300, 300]),
    ("split(1000, [3, 1])", [750, 250]),
    ("split(1000, [0, 1])", [0, 1000]),
    ("split(100, [])", RAISES),
    ("split(100, [0, 0])", RAISES),
    ("split(100, [1, -1])", RAISES),
    ("settle({'ada': 300, 'bob': -100, 'eve': -200})", [["eve", "ada", 200], ["bob", "ada", 100]]),
]

ASK = """
import json, sys
sys.path.insert(0, ".")
from fractions import Fraction
from fairsplit import settle, split

def answer(question):
    try:
        return eval(question)
    except Exception as error:
        return type(error).__name__

print(json.dumps([answer(question) for question in json.load(sys.stdin)]))
"""

ran = subprocess.run(
    [sys.executable, "-I", "-c", ASK],
    input=json.dumps([question for question, _ in CASES]),
    capture_output=True,
    text=True,
    timeout=30,
)
try:
    answers = json.loads(ran.stdout)
except ValueError:
    answers = []
    print("no answers:", ran.stderr)
failed = 0
for index, (question, want) in enumerate(CASES):
    got = answers[index] if index < len(answers) else None
    # A number has to be whole: 1.0 is not 1 here.
    right = json.dumps(got) == json.dumps(want)
    failed += not right
    print("ok" if right else "not ok", question, "" if right else f"gives {got}")
sys.exit(1 if failed else 0)
