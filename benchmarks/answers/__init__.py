"""Answers to questions about stories: errors by task, faithfulness of the kept sentences, speed."""
