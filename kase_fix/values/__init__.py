"""The numbers and names everything else is made of: integers and frozen enumerations, nothing else."""
