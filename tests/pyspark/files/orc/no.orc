this is no ORC file, whatever its name says
