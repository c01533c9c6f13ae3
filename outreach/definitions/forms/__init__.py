"""What an officer may write, as pydantic models: the grammar, the JSON Schema and the reference page in one."""
