"""Lists examples of each command, for the head of its help.

Most users begin with one of them and a file of their own. Each line fits a terminal of 60 columns.
"""

__all__ = ["EXAMPLES"]

EXAMPLES = {
    "demo": """
gated demo
gated demo digits --explain
gated demo --table sales.csv
""",
    "forecast": """
gated forecast sales.csv --horizon 28
gated forecast sales.csv --horizon 28 --level 80,95
gated forecast sales.csv --horizon 28 --covariate price
gated forecast sales.csv --horizon 28 --report ahead.html
gated forecast sales.csv --horizon 28 --save shop.gated
gated forecast new.csv --horizon 28 --model shop.gated
gated forecast --config gated.toml
""",
    "read": """
gated read sales.csv
gated read sales.csv --out tidy.csv
gated read sales.csv --json
""",
    "future": """
gated future sales.csv --horizon 28 --covariate price
gated future sales.csv --horizon 28 \\
  --covariate price > fill_me.csv
""",
    "explain": """
gated explain sales.csv --horizon 28
gated explain sales.csv --horizon 28 --series north
gated explain sales.csv --horizon 28 --report why.html
gated explain sales.csv --horizon 28 \\
  --covariate price --what-if price=4.5
""",
    "backtest": """
gated backtest sales.csv --horizon 28
gated backtest sales.csv --horizon 28 --windows 8
gated backtest sales.csv --horizon 28 --by step
gated backtest sales.csv --horizon 28 --against theta
gated backtest sales.csv --horizon 28 --report past.html
""",
    "watch": """
tail -f sales.log | gated watch sales.csv --horizon 28
gated watch sales.csv --horizon 7 < new_rows.csv
gated watch sales.csv --horizon 7 --state shop.live
""",
    "train": """
gated train speech recordings/ --out words.gated
gated train speech words/ --strings --out strings.gated
gated train text plays.txt --out plays.gated
gated train music tunes/ --out tunes.gated
gated train answers stories.txt --out stories.gated
""",
    "classify": """
gated classify words.gated clip.wav
gated classify words.gated *.wav --out labels.csv
gated classify words.gated clip.wav --picture a.svg
""",
    "generate": """
gated generate plays.gated --prompt "KING: "
gated generate tunes.gated --out tune.mid --length 256
gated generate letters.gated -o sheet.svg --count 30
gated generate tunes.gated --picture a.svg --explain
""",
    "transcribe": """
gated transcribe strings.gated clip.wav
gated transcribe strings.gated *.wav --json
gated transcribe m.gated a.wav --picture a.svg --explain
arecord -f S16_LE -r 8000 | gated transcribe m.gated -
""",
    "answer": """
gated answer m.gated --story a.txt "Where is Mary?"
gated answer m.gated --story a.txt "Who left?" --explain
gated answer m.gated --story a.txt "Who?" --json
""",
    "chat": """
gated chat table.gated
gated chat table.gated --state dialogue.state
echo "Hello" | gated chat table.gated --json
""",
    "serve": """
gated serve
gated serve --store sales.db --port 8080
gated serve --store postgresql://me@db/sales
gated serve --model shop.gated
""",
    "keys": """
gated keys add till --store sales.db
gated keys add till --per-minute 60
gated keys list
gated keys remove till
""",
    "show": """
gated show shop.gated
gated show shop.gated --json
""",
    "doctor": """
gated doctor
gated doctor --json
""",
}
"""The lines of each command, by its name."""
