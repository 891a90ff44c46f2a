"""What stands around Corrillo where it is deployed or tried; none of it ships in the wheel."""
