"""The language model's part: who may be asked, what is sent, and how the answer is checked.

`credentials` finds the key, `client` makes the call through litellm, and `failures` explains what failed.
`request` builds the prompt and merges the answer with the candidates of the rules, `response` parses the
answer, and `grounding` compares it with what was said. litellm is imported at the first call, never before.
"""
